//! Who may ask.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::connections::Peer;
use super::text;

/// What is asked without a password: whether the process is there, for those who watch over it.
pub(super) const OPEN: [&str; 2] = ["/-/healthy", "/-/ready"];
/// Passwords that were right before, by their sum: to check one by its hash takes longer than a scrape may.
const REMEMBERED: usize = 100;
/// The highest work factor: one more doubles the time that a password takes.
const MOST_WORK: u32 = 16;

/// Without users and token, everybody.
#[derive(Default)]
pub(crate) struct Guard {
    users: BTreeMap<String, String>,
    token: Option<[u8; 32]>,
    key: [u8; 32],
    right: Mutex<Vec<[u8; 32]>>,
    /// One password at a time is checked: wrong ones cannot take every core.
    checking: Mutex<()>,
}

impl Guard {
    pub(super) fn new(users: BTreeMap<String, String>, token: Option<String>) -> Result<Self, String> {
        for (name, hash) in &users {
            let parts: Result<bcrypt::HashParts, _> = hash.parse();
            let work = parts.map_err(|_| format!("the password of {name} is not a bcrypt hash"))?.get_cost();
            if work > MOST_WORK {
                return Err(format!("the password of {name} has the work factor {work}, more than {MOST_WORK}"));
            }
        }
        let key = crate::store::random_key();
        let token = token.map(|token| sum(&key, &["Bearer", &token]));
        Ok(Self { users, token, key, ..Self::default() })
    }

    pub(crate) fn is_open(&self) -> bool {
        self.users.is_empty() && self.token.is_none()
    }

    /// Takes a tenth of a second for a password that is not remembered.
    fn admits(&self, authorization: &str) -> bool {
        match authorization.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
                // Sums under a key that nobody knows: how long they take to compare tells nothing.
                self.token.is_some_and(|right| sum(&self.key, &["Bearer", token.trim()]) == right)
            }
            Some((scheme, encoded)) if scheme.eq_ignore_ascii_case("basic") => self.knows(encoded.trim()),
            _ => false,
        }
    }

    fn knows(&self, encoded: &str) -> bool {
        let Some(decoded) = aws_smithy_types::base64::decode(encoded).ok().and_then(|it| String::from_utf8(it).ok())
        else {
            return false;
        };
        let Some((name, password)) = decoded.split_once(':') else { return false };
        let sum = sum(&self.key, &[name, password]);
        if self.right.lock().unwrap_or_else(PoisonError::into_inner).contains(&sum) {
            return true;
        }
        // Who is not there takes as long to be refused as who is.
        let known = self.users.get(name);
        let Some(hash) = known.or_else(|| self.users.values().next()) else { return false };
        let checking = self.checking.lock().unwrap_or_else(PoisonError::into_inner);
        let right = bcrypt::verify(password, hash).unwrap_or(false) && known.is_some();
        drop(checking);
        if right {
            let mut remembered = self.right.lock().unwrap_or_else(PoisonError::into_inner);
            remembered.truncate(REMEMBERED - 1);
            remembered.push(sum);
        }
        right
    }
}

fn sum(key: &[u8; 32], words: &[&str]) -> [u8; 32] {
    let mut sum = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    for word in words {
        sum.update(&(word.len() as u64).to_be_bytes());
        sum.update(word.as_bytes());
    }
    sum.finalize().into_bytes().into()
}

/// Lets through who may ask, by what the web configuration said when they connected.
pub(super) async fn guard(State(peer): State<Peer>, request: Request, next: Next) -> Response {
    let guard = peer.guard;
    if guard.is_open() && !peer.hosts.is_none_or(|hosts| is_local(request.headers(), &hosts)) {
        return text(StatusCode::MISDIRECTED_REQUEST, "on loopback, without passwords: serve.hosts has no such name\n");
    }
    if guard.is_open() || OPEN.contains(&request.uri().path()) {
        return next.run(request).await;
    }
    let authorization = authorization(request.headers());
    let checked = guard.clone();
    let admitted = tokio::task::spawn_blocking(move || checked.admits(&authorization)).await.unwrap_or(false);
    if admitted {
        return next.run(request).await;
    }
    let mut refused = text(StatusCode::UNAUTHORIZED, "a user and password, or a token, is needed\n").into_response();
    let scheme = if guard.users.is_empty() { "Bearer" } else { "Basic realm=\"stepwarden\"" };
    refused.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(scheme));
    refused
}

/// A page of the web can give a name of its own the address of this machine, and have the browser on it ask here: by that
/// name.
fn is_local(headers: &HeaderMap, hosts: &[String]) -> bool {
    let Some(host) = headers.get(header::HOST) else { return true };
    let Ok(authority) = host.to_str().unwrap_or_default().parse::<Authority>() else { return false };
    let name = authority.host().to_ascii_lowercase();
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    address.is_ok() || name == "localhost" || hosts.contains(&name)
}

fn authorization(headers: &HeaderMap) -> String {
    headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use axum::http::{HeaderValue, header};

    use super::{Guard, is_local};

    #[test]
    fn right_is_let_in_and_wrong_is_not() {
        let hash = bcrypt::hash("pass:word", 4).unwrap();
        let guard = Guard::new(BTreeMap::from([("alice".to_owned(), hash)]), Some("token".to_owned())).unwrap();
        let basic = |text: &str| format!("Basic {}", aws_smithy_types::base64::encode(text));
        for (authorization, expected) in [
            (basic("alice:pass:word"), true),
            (basic("alice:pass:word"), true),
            (basic("alice:password"), false),
            (basic("bob:pass:word"), false),
            (basic("alice"), false),
            ("Basic %".to_owned(), false),
            ("bearer token".to_owned(), true),
            ("Bearer tokens".to_owned(), false),
            ("Bearer".to_owned(), false),
            (String::new(), false),
        ] {
            assert_eq!(guard.admits(&authorization), expected, "{authorization}");
        }
        assert_eq!(guard.right.lock().unwrap().len(), 1);
    }

    #[test]
    fn a_name_of_the_web_is_not_local() {
        for (host, expected) in [
            ("127.0.0.1:9853", true),
            ("[::1]:9853", true),
            ("localhost:9853", true),
            ("Audit.internal", true),
            ("evil.example:9853", false),
            ("localhost.evil.example", false),
            ("", false),
        ] {
            let headers = [(header::HOST, HeaderValue::from_static(host))].into_iter().collect();
            assert_eq!(is_local(&headers, &["audit.internal".to_owned()]), expected, "{host}");
        }
    }

    #[test]
    fn a_password_in_clear_or_of_endless_work_is_refused() {
        for hash in ["password", "", "$2b$31$abcdefghijklmnopqrstuu4T826PRnz0Hu6YlprUuxkZxOOj5Fw5S"] {
            assert!(Guard::new(BTreeMap::from([("alice".to_owned(), hash.to_owned())]), None).is_err(), "{hash}");
        }
    }
}
