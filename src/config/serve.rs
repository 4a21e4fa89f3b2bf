use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// What `stepwarden serve` listens on, and what it does when it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServeSettings {
    pub listen: SocketAddr,
    /// `POST /-/reload` reads the configuration again.
    pub reload: bool,
    /// TLS, and who may ask: Prometheus's web configuration file.
    pub web_config_file: Option<PathBuf>,
    /// Names, beside `localhost`, under which a loopback address without passwords is asked.
    pub hosts: Vec<String>,
}

impl Default for ServeSettings {
    /// Loopback: what is served tells where an account is weak.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 9_853)),
            reload: false,
            web_config_file: None,
            hosts: Vec::new(),
        }
    }
}
