//! The table of tokens with a prefix of their own. Token shapes are facts published by the providers that issue them.

use super::kind::Kind;
use super::kinds::{
    AWS_ACCESS_KEY_ID, AWS_SESSION_TOKEN, GENERIC_SECRET, GITHUB_TOKEN, GITLAB_TOKEN, GOOGLE_API_KEY, LLM_API_KEY,
    NPM_TOKEN, PRIVATE_KEY, PYPI_TOKEN, SENDGRID_KEY, SLACK_TOKEN, STRIPE_KEY,
};

/// What may follow a prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alphabet {
    Alphanumeric,
    /// With `-` and `_`.
    Url,
    /// With `+`, `/`, `=` and percent escapes of them.
    Base64,
    Base32,
    Hex,
    /// URL with dots between parts.
    Dotted,
}

impl Alphabet {
    pub(super) fn has(self, byte: u8) -> bool {
        match self {
            Self::Alphanumeric => byte.is_ascii_alphanumeric(),
            Self::Url => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'),
            Self::Base64 => byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_' | b'%'),
            Self::Base32 => matches!(byte, b'A'..=b'Z' | b'2'..=b'7'),
            Self::Hex => byte.is_ascii_hexdigit(),
            Self::Dotted => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'='),
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) prefix: &'static str,
    pub(super) kind: &'static Kind,
    pub(super) alphabet: Alphabet,
    /// Characters behind the prefix.
    pub(super) least: usize,
    pub(super) most: usize,
}

const fn token(prefix: &'static str, kind: &'static Kind, alphabet: Alphabet, least: usize, most: usize) -> Token {
    Token { prefix, kind, alphabet, least, most }
}

use Alphabet::{Alphanumeric, Base32, Base64, Dotted, Hex, Url};

const ANY: usize = 4096;

pub(super) const TOKENS: [Token; 80] = [
    token("AKIA", AWS_ACCESS_KEY_ID, Base32, 16, 16),
    token("ASIA", AWS_ACCESS_KEY_ID, Base32, 16, 16),
    token("IQoJb3JpZ2lu", AWS_SESSION_TOKEN, Base64, 100, ANY),
    token("FwoGZXIvYXdz", AWS_SESSION_TOKEN, Base64, 100, ANY),
    token("FQoGZXIvYXdz", AWS_SESSION_TOKEN, Base64, 100, ANY),
    token("ghp_", GITHUB_TOKEN, Alphanumeric, 36, 255),
    token("gho_", GITHUB_TOKEN, Alphanumeric, 36, 255),
    token("ghu_", GITHUB_TOKEN, Alphanumeric, 36, 255),
    token("ghs_", GITHUB_TOKEN, Alphanumeric, 36, 255),
    token("ghr_", GITHUB_TOKEN, Alphanumeric, 36, 255),
    token("github_pat_", GITHUB_TOKEN, Url, 82, 82),
    token("glpat-", GITLAB_TOKEN, Dotted, 20, 300),
    token("gldt-", GITLAB_TOKEN, Url, 20, 64),
    token("glrt-", GITLAB_TOKEN, Dotted, 20, 300),
    token("glptt-", GITLAB_TOKEN, Hex, 40, 40),
    token("glcbt-", GITLAB_TOKEN, Url, 20, 64),
    token("glsoat-", GITLAB_TOKEN, Url, 20, 64),
    token("glagent-", GITLAB_TOKEN, Url, 50, 64),
    token("xoxa-", SLACK_TOKEN, Url, 10, 300),
    token("xoxb-", SLACK_TOKEN, Url, 10, 300),
    token("xoxe-", SLACK_TOKEN, Url, 10, 300),
    token("xoxe.xoxp-", SLACK_TOKEN, Url, 10, 300),
    token("xoxo-", SLACK_TOKEN, Url, 10, 300),
    token("xoxp-", SLACK_TOKEN, Url, 10, 300),
    token("xoxr-", SLACK_TOKEN, Url, 10, 300),
    token("xoxs-", SLACK_TOKEN, Url, 10, 300),
    token("xapp-", SLACK_TOKEN, Url, 20, 300),
    token("sk_live_", STRIPE_KEY, Alphanumeric, 16, 247),
    token("rk_live_", STRIPE_KEY, Alphanumeric, 16, 247),
    token("whsec_", GENERIC_SECRET, Base64, 24, 80),
    token("AIza", GOOGLE_API_KEY, Url, 35, 35),
    token("ya29.", GENERIC_SECRET, Url, 20, 1024),
    token("GOCSPX-", GENERIC_SECRET, Url, 28, 28),
    token("sk-ant-", LLM_API_KEY, Url, 80, 200),
    token("sk-or-v1-", LLM_API_KEY, Hex, 64, 64),
    token("gsk_", LLM_API_KEY, Alphanumeric, 50, 60),
    token("xai-", LLM_API_KEY, Alphanumeric, 70, 90),
    token("pplx-", LLM_API_KEY, Alphanumeric, 40, 64),
    token("r8_", LLM_API_KEY, Alphanumeric, 37, 40),
    token("npm_", NPM_TOKEN, Alphanumeric, 36, 36),
    token("pypi-AgE", PYPI_TOKEN, Url, 50, 1024),
    token("SG.", SENDGRID_KEY, Dotted, 66, 66),
    token("hf_", GENERIC_SECRET, Alphanumeric, 34, 40),
    token("dop_v1_", GENERIC_SECRET, Hex, 64, 64),
    token("doo_v1_", GENERIC_SECRET, Hex, 64, 64),
    token("dor_v1_", GENERIC_SECRET, Hex, 64, 64),
    token("shpat_", GENERIC_SECRET, Hex, 32, 32),
    token("shpca_", GENERIC_SECRET, Hex, 32, 32),
    token("shppa_", GENERIC_SECRET, Hex, 32, 32),
    token("shpss_", GENERIC_SECRET, Hex, 32, 32),
    token("sq0atp-", GENERIC_SECRET, Url, 22, 22),
    token("sq0csp-", GENERIC_SECRET, Url, 43, 43),
    token("dapi", GENERIC_SECRET, Hex, 32, 34),
    token("hvs.", GENERIC_SECRET, Url, 24, 200),
    token("hvb.", GENERIC_SECRET, Url, 24, 400),
    token("ATATT3", GENERIC_SECRET, Base64, 60, 300),
    token("ATCTT3", GENERIC_SECRET, Base64, 60, 300),
    token("lin_api_", GENERIC_SECRET, Alphanumeric, 40, 40),
    token("ntn_", GENERIC_SECRET, Alphanumeric, 40, 50),
    token("PMAK-", GENERIC_SECRET, Url, 59, 59),
    token("dp.pt.", GENERIC_SECRET, Alphanumeric, 40, 44),
    token("dp.st.", GENERIC_SECRET, Dotted, 40, 80),
    token("NRAK-", GENERIC_SECRET, Alphanumeric, 27, 27),
    token("glsa_", GENERIC_SECRET, Url, 32, 48),
    token("glc_", GENERIC_SECRET, Base64, 32, 400),
    token("sntrys_", GENERIC_SECRET, Base64, 40, 400),
    token("sntryu_", GENERIC_SECRET, Hex, 64, 64),
    token("key-", GENERIC_SECRET, Hex, 32, 32),
    token("pat-na1-", GENERIC_SECRET, Url, 36, 36),
    token("pat-eu1-", GENERIC_SECRET, Url, 36, 36),
    token("CFPAT-", GENERIC_SECRET, Url, 43, 43),
    token("rubygems_", GENERIC_SECRET, Hex, 48, 48),
    token("dckr_pat_", GENERIC_SECRET, Url, 27, 40),
    token("AGE-SECRET-KEY-1", PRIVATE_KEY, Alphanumeric, 58, 58),
    token("figd_", GENERIC_SECRET, Url, 38, 60),
    token("secret-token:", GENERIC_SECRET, Url, 12, 200),
    token("tskey-", GENERIC_SECRET, Url, 20, 80),
    token("nfp_", GENERIC_SECRET, Alphanumeric, 36, 44),
    token("pscale_pw_", GENERIC_SECRET, Dotted, 32, 64),
    token("EZAK", GENERIC_SECRET, Alphanumeric, 54, 54),
];
