//! Whether a service works, asked from the same host.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme, version};

/// Shorter than what orchestrators wait for an answer.
const PATIENCE: Duration = Duration::from_secs(4);
const REQUEST: &[u8] = b"GET /-/healthy HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
/// The status line is all that is read.
const STATUS: &[u8; 13] = b"HTTP/1.1 200 ";

/// Asks the service that listens there.
///
/// Whether it speaks TLS is tried, not read: the files may have changed since it read them. Nothing secret is asked or told, so
/// that any certificate will do.
pub async fn healthcheck(listen: SocketAddr) -> Result<(), String> {
    let there = reachable(listen);
    let asked = tokio::time::timeout(PATIENCE, ask(there));
    let answer = asked.await.unwrap_or_else(|_| Err(format!("no answer within {} seconds", PATIENCE.as_secs())));
    answer.map_err(|why| format!("{there}: {why}"))
}

/// Who listens on every address is asked on loopback.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

async fn ask(there: SocketAddr) -> Result<(), String> {
    let connect = async || TcpStream::connect(there).await.map_err(|error| error.to_string());
    match status(connect().await?).await {
        Ok(true) => Ok(()),
        Ok(false) => Err("it does not answer 200".to_owned()),
        Err(_) => over_tls(there, connect().await?).await,
    }
}

async fn over_tls(there: SocketAddr, stream: TcpStream) -> Result<(), String> {
    let anyone = Arc::new(Anyone { provider: ring::default_provider(), met: false.into() });
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&version::TLS12, &version::TLS13])
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(anyone.clone())
        .with_no_client_auth();
    let name = ServerName::IpAddress(there.ip().into());
    let answer = match TlsConnector::from(Arc::new(config)).connect(name, stream).await {
        Ok(stream) => status(stream).await,
        Err(error) => Err(error),
    };
    match answer {
        Ok(true) => Ok(()),
        Ok(false) => Err("it does not answer 200".to_owned()),
        // It answers only whoever has a certificate, and has shown its own: more it owes nobody.
        Err(_) if anyone.met.load(Ordering::Relaxed) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

/// Whether it answers 200; an error where what it answers is not HTTP.
async fn status(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<bool> {
    stream.write_all(REQUEST).await?;
    let mut line = [0; STATUS.len()];
    stream.read_exact(&mut line).await?;
    match line.starts_with(b"HTTP/1.1 ") {
        true => Ok(line == *STATUS),
        false => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// Takes every certificate whose key the other side has.
#[derive(Debug)]
struct Anyone {
    provider: CryptoProvider,
    met: AtomicBool,
}

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let valid = verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms);
        self.met.fetch_or(valid.is_ok(), Ordering::Relaxed);
        valid
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let valid = verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms);
        self.met.fetch_or(valid.is_ok(), Ordering::Relaxed);
        valid
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
