/// A token of JSONata.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Number(f64),
    Text(String),
    /// A name, a keyword or a `quoted name`.
    Name {
        text: String,
        quoted: bool,
    },
    /// `$name`, without the `$`; `$` and `$$` are the empty name and `$`.
    Variable(String),
    Regex,
    Operator(&'static str),
    End,
}

/// Longer ones first.
const OPERATORS: [&str; 33] = [
    "**", ":=", "!=", "<=", ">=", "~>", "..", "??", "?:", ".", "[", "]", "{", "}", "(", ")", ",", "@", "#", ";", ":",
    "?", "+", "-", "*", "/", "%", "|", "=", "<", ">", "^", "&",
];

pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip(&mut self) -> Result<(), &'static str> {
        loop {
            let rest = self.rest();
            self.at += rest.len() - rest.trim_start().len();
            let Some(comment) = self.rest().strip_prefix("/*") else { return Ok(()) };
            let end = comment.find("*/").ok_or("a comment is not closed")?;
            self.at += end + 4;
        }
    }

    /// The next token; a `/` opens a regular expression where an operand is due.
    pub(super) fn next(&mut self, operand_due: bool) -> Result<Token, &'static str> {
        self.skip()?;
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok(Token::End) };
        match first {
            '"' | '\'' => self.quoted(first),
            '`' => {
                let end = rest[1..].find('`').ok_or("a quoted name is not closed")?;
                self.at += end + 2;
                Ok(Token::Name { text: rest[1..=end].to_owned(), quoted: true })
            }
            '/' if operand_due => self.regex(),
            '0'..='9' => self.number(),
            '$' => {
                let word = word(&rest[1..]);
                let name = if word.is_empty() && rest[1..].starts_with('$') { "$" } else { word };
                self.at += 1 + name.len();
                Ok(Token::Variable(name.to_owned()))
            }
            _ => {
                if let Some(operator) = OPERATORS.iter().find(|operator| rest.starts_with(**operator)) {
                    self.at += operator.len();
                    return Ok(Token::Operator(operator));
                }
                let word = word(rest);
                if word.is_empty() {
                    return Err("a character that means nothing here");
                }
                self.at += word.len();
                Ok(Token::Name { text: word.to_owned(), quoted: false })
            }
        }
    }

    fn quoted(&mut self, quote: char) -> Result<Token, &'static str> {
        let mut text = String::new();
        let mut characters = self.rest().char_indices().skip(1);
        while let Some((at, c)) = characters.next() {
            match c {
                c if c == quote => {
                    self.at += at + 1;
                    return Ok(Token::Text(text));
                }
                '\\' => match characters.next().map(|(_, c)| c) {
                    Some('b') => text.push('\u{8}'),
                    Some('f') => text.push('\u{c}'),
                    Some('n') => text.push('\n'),
                    Some('r') => text.push('\r'),
                    Some('t') => text.push('\t'),
                    Some('u') => {
                        let digits: String = characters.by_ref().take(4).map(|(_, c)| c).collect();
                        let code = u32::from_str_radix(&digits, 16).map_err(|_| "\\u takes four hex digits")?;
                        text.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                    }
                    Some(c @ ('"' | '\'' | '\\' | '/')) => text.push(c),
                    _ => return Err("an escape that JSONata does not know"),
                },
                c => text.push(c),
            }
        }
        Err("a text is not closed")
    }

    fn number(&mut self) -> Result<Token, &'static str> {
        let rest = self.rest();
        let digits = |from: usize| from + rest[from..].bytes().take_while(u8::is_ascii_digit).count();
        let mut end = digits(0);
        if rest[end..].starts_with('.') && digits(end + 1) > end + 1 {
            end = digits(end + 1);
        }
        if rest[end..].starts_with(['e', 'E']) {
            let sign = end + 1 + usize::from(rest[end + 1..].starts_with(['+', '-']));
            if digits(sign) > sign {
                end = digits(sign);
            }
        }
        self.at += end;
        rest[..end].parse().map(Token::Number).map_err(|_| "this is no number")
    }

    fn regex(&mut self) -> Result<Token, &'static str> {
        let (mut depth, mut escaped) = (0_i32, false);
        for (at, c) in self.rest().char_indices().skip(1) {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth -= 1,
                '/' if depth <= 0 => {
                    let flags = self.rest()[at + 1..].bytes().take_while(|flag| matches!(flag, b'i' | b'm')).count();
                    self.at += at + 1 + flags;
                    return Ok(Token::Regex);
                }
                _ => {}
            }
        }
        Err("a regular expression is not closed")
    }
}

fn word(text: &str) -> &str {
    let end = text.find(|c: char| c.is_whitespace() || "\"'`.[]{}(),@#;:?+-*/%|=<>^&!~$\\".contains(c));
    &text[..end.unwrap_or(text.len())]
}
