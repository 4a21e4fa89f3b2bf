//! What a check or an alert means: where the links of alerts lead.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use super::{TEXT, answer, text};
use crate::checks::CHECKS;

const ALERTS: &str = include_str!("../../../docs/alerts.md");

pub(super) async fn check(Path(id): Path<String>) -> Response {
    match CHECKS.iter().find(|check| check.id == id) {
        Some(check) => answer(StatusCode::OK, TEXT, check.page),
        None => text(StatusCode::NOT_FOUND, "there is no such check\n"),
    }
}

pub(super) async fn alert(Path(name): Path<String>) -> Response {
    match section(&name) {
        Some(section) => answer(StatusCode::OK, TEXT, section),
        None => text(StatusCode::NOT_FOUND, "there is no such alert\n"),
    }
}

/// From the alert's heading to the next one.
fn section(name: &str) -> Option<String> {
    let mut lines = ALERTS.lines().skip_while(|line| line.strip_prefix("## ") != Some(name));
    let heading = lines.next()?;
    let rest: Vec<_> = lines.take_while(|line| !line.starts_with("## ")).collect();
    Some(format!("{heading}\n{}\n", rest.join("\n").trim_end()))
}

#[cfg(test)]
mod tests {
    use super::section;

    #[test]
    fn an_alert_has_its_section_alone() {
        let page = section("StepwardenScanStale").unwrap();
        assert!(page.starts_with("## StepwardenScanStale\n"));
        assert_eq!(page.matches("\n## ").count(), 0);
        assert_eq!((section("Stepwarden"), section("")), (None, None));
    }
}
