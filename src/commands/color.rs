use std::io::{self, IsTerminal};

use crate::cli::ColorArg;

/// Whether there are colours on standard output.
pub(super) fn on_stdout(choice: ColorArg) -> bool {
    wanted(choice, no_color(), io::stdout().is_terminal())
}

/// Whether there are colours on standard error: of the log, and of a summary there.
pub(super) fn on_stderr(choice: ColorArg) -> bool {
    wanted(choice, no_color(), io::stderr().is_terminal())
}

/// See <https://no-color.org>.
fn no_color() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

fn wanted(choice: ColorArg, no_color: bool, terminal: bool) -> bool {
    match choice {
        ColorArg::Always => true,
        ColorArg::Never => false,
        ColorArg::Auto => terminal && !no_color,
    }
}

#[cfg(test)]
mod tests {
    use super::wanted;
    use crate::cli::ColorArg;

    #[test]
    fn the_flag_wins_over_no_color_and_that_over_the_terminal() {
        assert!(wanted(ColorArg::Auto, false, true));
        assert!(!wanted(ColorArg::Auto, true, true));
        assert!(!wanted(ColorArg::Auto, false, false));
        assert!(wanted(ColorArg::Always, true, false));
        assert!(!wanted(ColorArg::Never, false, true));
    }
}
