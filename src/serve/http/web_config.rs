//! Who may ask, and by which certificate is answered: the part of Prometheus's web configuration file that a server has
//! use for, <https://prometheus.io/docs/prometheus/latest/configuration/https/>, and a token as its scrape
//! configuration sends it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use sha2::{Digest, Sha256};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::server::danger::ClientCertVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig, version};

use super::guard::Guard;

/// The file, as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WebConfig {
    tls_server_config: Option<TlsServerConfig>,
    /// By name, the bcrypt hash of the password.
    basic_auth_users: BTreeMap<String, String>,
    authorization: Option<Authorization>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TlsServerConfig {
    cert_file: PathBuf,
    key_file: PathBuf,
    client_ca_file: Option<PathBuf>,
    #[serde(default)]
    client_auth_type: ClientAuth,
    #[serde(default)]
    min_version: MinVersion,
}

#[derive(Debug, Default, Deserialize)]
enum ClientAuth {
    #[default]
    NoClientCert,
    VerifyClientCertIfGiven,
    RequireAndVerifyClientCert,
}

#[derive(Debug, Default, Deserialize)]
enum MinVersion {
    #[default]
    TLS12,
    TLS13,
}

/// As in Prometheus's scrape configuration.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Authorization {
    credentials_file: PathBuf,
}

/// What the file says, with the files read that it names.
#[derive(Clone, Default)]
pub(crate) struct Web {
    pub(super) guard: Arc<Guard>,
    pub(super) tls: Option<TlsAcceptor>,
    /// Of all that was read.
    sum: [u8; 32],
}

impl std::fmt::Debug for Web {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Web").field("tls", &self.tls.is_some()).finish_non_exhaustive()
    }
}

impl Web {
    pub(crate) fn is_open(&self) -> bool {
        self.guard.is_open()
    }

    /// Whether it says the same, and the files that it names too.
    pub(crate) fn is_as(&self, other: &Self) -> bool {
        self.sum == other.sum
    }

    /// Paths in the file are relative to it. A fault is told in words, without what is secret.
    pub(crate) fn read(file: &Path) -> Result<Self, String> {
        let mut files = Files { folder: file.parent().unwrap_or(Path::new("")).to_owned(), sum: Sha256::new() };
        let text = files.text(Path::new(file.file_name().unwrap_or_default()))?;
        let config: WebConfig =
            serde_saphyr::from_str(&text).map_err(|error| format!("{}: {}", file.display(), first_line(&error)))?;
        let token = config.authorization.map(|authorization| files.token(&authorization)).transpose()?;
        let guard = Guard::new(config.basic_auth_users, token).map_err(|why| format!("{}: {why}", file.display()))?;
        let tls = config.tls_server_config.map(|tls| files.acceptor(&tls)).transpose()?;
        Ok(Self { guard: Arc::new(guard), tls, sum: files.sum.finalize().into() })
    }
}

/// Without the snippet of the file, which may hold a hash.
fn first_line(error: &serde_saphyr::Error) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}

/// What stands beside the configuration.
struct Files {
    folder: PathBuf,
    sum: Sha256,
}

impl Files {
    fn read(&mut self, named: &Path) -> Result<Vec<u8>, String> {
        let path = self.folder.join(named);
        let read = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        self.sum.update((read.len() as u64).to_be_bytes());
        self.sum.update(&read);
        Ok(read)
    }

    fn text(&mut self, named: &Path) -> Result<String, String> {
        String::from_utf8(self.read(named)?).map_err(|_| format!("{}: not UTF-8", named.display()))
    }

    fn token(&mut self, authorization: &Authorization) -> Result<String, String> {
        let named = &authorization.credentials_file;
        match self.text(named)?.trim() {
            "" => Err(format!("{}: the token is empty", named.display())),
            token => Ok(token.to_owned()),
        }
    }

    fn certificates(&mut self, named: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
        let text = self.read(named)?;
        let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
        let all = all.map_err(|error| format!("{}: {error}", named.display()))?;
        match all.is_empty() {
            true => Err(format!("{}: there is no certificate in it", named.display())),
            false => Ok(all),
        }
    }

    fn acceptor(&mut self, tls: &TlsServerConfig) -> Result<TlsAcceptor, String> {
        let chain = self.certificates(&tls.cert_file)?;
        let key = PrivateKeyDer::from_pem_slice(&self.read(&tls.key_file)?)
            .map_err(|error| format!("{}: {error}", tls.key_file.display()))?;
        let versions: &[_] = match tls.min_version {
            MinVersion::TLS12 => &[&version::TLS12, &version::TLS13],
            MinVersion::TLS13 => &[&version::TLS13],
        };
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions)
            .map_err(|error| error.to_string())?
            .with_client_cert_verifier(self.verifier(tls)?)
            .with_single_cert(chain, key)
            .map_err(|error| format!("{} and {}: {error}", tls.cert_file.display(), tls.key_file.display()))?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    fn verifier(&mut self, tls: &TlsServerConfig) -> Result<Arc<dyn ClientCertVerifier>, String> {
        let (named, required) = match (&tls.client_auth_type, &tls.client_ca_file) {
            (ClientAuth::NoClientCert, None) => return Ok(WebPkiClientVerifier::no_client_auth()),
            (ClientAuth::NoClientCert, Some(_)) => {
                return Err("client_ca_file: it has no effect with client_auth_type NoClientCert".to_owned());
            }
            (_, None) => return Err("client_auth_type: it needs a client_ca_file".to_owned()),
            (ClientAuth::VerifyClientCertIfGiven, Some(named)) => (named, false),
            (ClientAuth::RequireAndVerifyClientCert, Some(named)) => (named, true),
        };
        let mut roots = RootCertStore::empty();
        for root in self.certificates(named)? {
            roots.add(root).map_err(|error| format!("{}: {error}", named.display()))?;
        }
        let provider = Arc::new(ring::default_provider());
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        let verifier = if required { verifier } else { verifier.allow_unauthenticated() };
        verifier.build().map_err(|error| format!("{}: {error}", named.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::Web;

    fn fault(text: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("web.yml");
        std::fs::write(&file, text).unwrap();
        std::fs::write(folder.path().join("empty"), "\n").unwrap();
        let fault = Web::read(&file).unwrap_err();
        fault.replace(folder.path().to_str().unwrap(), "")
    }

    #[test]
    fn faults_are_told_without_secrets() {
        for (text, expected) in [
            ("tls_server_config: {cert_file: a.pem, key_file: b.pem}", "/a.pem: No such file"),
            ("tls_server_config: {cert_file: empty, key_file: empty}", "empty: there is no certificate in it"),
            ("basic_auth_users: {alice: secret-in-clear}", "/web.yml: the password of alice is not a bcrypt hash"),
            ("authorization: {credentials_file: gone}", "/gone: No such file"),
            ("authorization: {credentials_file: empty}", "empty: the token is empty"),
            ("http_server_config: {http2: true}", "unknown field"),
            ("basic_auth_users: [", "/web.yml: "),
        ] {
            let told = fault(text);
            assert!(told.contains(expected), "{text}: {told}");
            assert!(!told.contains("secret-in-clear") && !told.contains('\n'), "{told}");
        }
    }
}
