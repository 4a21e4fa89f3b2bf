//! JSONata, as far as it can be evaluated before anything runs.
//! Source: <https://docs.jsonata.org/overview.html>, <https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html>.

mod eval;
mod formula;
mod parse;
mod reads;
mod token;

pub(super) use eval::{Env, evaluate};
pub(super) use formula::formula;
pub(super) use parse::{TOO_LARGE, parse};
pub(super) use reads::{condition, reads, writes};

/// The expression of a text that is one: all of `{% … %}`.
pub(super) fn expression(text: &str) -> Option<&str> {
    text.strip_prefix("{%")?.strip_suffix("%}")
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn expressions_are_read() {
        for text in [
            "10",
            "$states.input.items[0].name & '-' & $string($count(x))",
            "$not(null in $each($states.input.data.address, function($v) { $length($trim($v)) > 0 ? $v : null }))",
            "( $a := 1; $b := function($x, $y)<nn:n>{ $x + $y }; $b($a, 2) )",
            "{ 'a': [1..3], \"b\": { 'c': null } }",
            "Account.Order.Product{`Product Name`: Price}",
            "$sort(a, function($l, $r) { $l.x > $r.x })^(<b, >c)",
            "$match('abc', /a(b\\/c)?/i)[0].match",
            "a ~> |b|{'c': 1}, ['d']| ~> $f(?, 2)",
            "library.loans@$l.books@$b[$l.isbn=$b.isbn].{ 'title': $b.title }",
            "a#$i[$i = 1].%.b.**.c.*",
            "-$x + -1 /* why */ - 2.5e3",
            "a ?: b",
            "a ?? 'c'",
            "$merge([$states.result, {'a': 1}]).a",
            "λ($x){ $x }(1)",
            "$x in ['a', 'b'] and $y or false",
            "$[0]",
            "$$.a",
            "payload.in.or",
            "()",
        ] {
            assert!(parse(text).is_ok(), "{text}: {:?}", parse(text));
        }
    }

    #[test]
    fn what_is_no_expression() {
        for text in [
            "",
            "10 + * 2",
            "420.",
            "$.store.book[?(@.price < 10)].title",
            "$sum($states.input.items.numbers ",
            "'a",
            "a b",
            "{'a' 1}",
            "1 := 2",
            "[1",
            "function(a){1}",
            "a.",
            "a & ",
            ")",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse(&"(".repeat(100_000)).is_err() && parse(&format!("1{}", "+1".repeat(100_000))).is_err());
    }
}
