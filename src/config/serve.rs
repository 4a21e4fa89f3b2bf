use std::net::{Ipv4Addr, SocketAddr};

/// What `stepwarden serve` listens on, and what it does when it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServeSettings {
    pub listen: SocketAddr,
    /// `POST /-/reload` reads the configuration again.
    pub reload: bool,
}

impl Default for ServeSettings {
    /// Loopback: what is served tells where an account is weak.
    fn default() -> Self {
        Self { listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 9_853)), reload: false }
    }
}
