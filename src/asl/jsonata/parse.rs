use super::token::{Lexer, Token};

/// An expression, as far as its value can matter before anything runs; the rest of the language is read and left out.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::asl) enum Expr {
    Number(f64),
    Text(String),
    Bool(bool),
    Null,
    /// `$name`; the empty name is the context, `$` the root.
    Variable(String),
    /// A field of the context.
    Field(String),
    /// `left.right`
    Step(Box<Expr>, Box<Expr>),
    /// `left[inner]`
    Filter(Box<Expr>, Box<Expr>),
    Binary(&'static str, Box<Expr>, Box<Expr>),
    Array(Vec<Expr>),
    Object(Vec<(Expr, Expr)>),
    Block(Vec<Expr>),
    /// `$name := value`
    Bind(String, Box<Expr>),
    If(Box<Expr>, Box<Expr>, Option<Box<Expr>>),
    Call(Box<Expr>, Vec<Expr>),
    /// What is read only: functions, sorts, transforms, wildcards, with what stands in them.
    Opaque(Vec<Expr>),
}

/// A whole expression.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::asl) struct Expression {
    pub(super) root: Expr,
    /// Variables are bound elsewhere than as a statement of a block: who sees them is not followed.
    pub(super) binds_inside: bool,
}

/// Deeper ones are not followed.
const DEEPEST: usize = 100;
/// Nor ones with more operators, which make trees as deep as they are long.
const LONGEST: usize = 3_000;
/// What is said of both; it says nothing about whether the expression is right.
pub(in crate::asl) const TOO_LARGE: &str = "the expression is too large to be followed";

/// Reads an expression, without its `{% %}`.
pub(in crate::asl) fn parse(text: &str) -> Result<Expression, &'static str> {
    let mut parser = Parser { lexer: Lexer::new(text), token: Token::End, depth: 0, operations: 0, binds: 0 };
    parser.advance(true)?;
    let root = parser.expression(0)?;
    if parser.token != Token::End {
        return Err("something follows the expression");
    }
    Ok(Expression { root, binds_inside: parser.binds > 0 })
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    token: Token,
    depth: usize,
    operations: usize,
    /// Those that are no statement of a block.
    binds: usize,
}

type Read<T> = Result<T, &'static str>;

/// How strongly an operator binds to what stands before it.
fn strength(token: &Token) -> u8 {
    match token {
        Token::Operator(operator) => match *operator {
            "(" | "[" | "@" | "#" => 80,
            "." => 75,
            "{" => 70,
            "*" | "/" | "%" => 60,
            "+" | "-" | "&" => 50,
            "=" | "!=" | "<" | "<=" | ">" | ">=" | "~>" | "^" => 40,
            "?" | "?:" | "??" => 20,
            ":=" => 10,
            _ => 0,
        },
        Token::Name { text, quoted: false } => match text.as_str() {
            "in" => 40,
            "and" => 30,
            "or" => 25,
            _ => 0,
        },
        _ => 0,
    }
}

impl Parser<'_> {
    fn advance(&mut self, operand_due: bool) -> Read<Token> {
        let next = self.lexer.next(operand_due)?;
        Ok(std::mem::replace(&mut self.token, next))
    }

    fn at(&self, operator: &str) -> bool {
        matches!(self.token, Token::Operator(at) if at == operator)
    }

    fn expect(&mut self, operator: &'static str, operand_due: bool) -> Read<()> {
        if !self.at(operator) {
            return Err(match operator {
                ")" => "a ( is not closed",
                "]" => "a [ is not closed",
                "}" => "a { is not closed",
                _ => "the expression breaks off",
            });
        }
        self.advance(operand_due).map(|_| ())
    }

    fn expression(&mut self, above: u8) -> Read<Expr> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(TOO_LARGE);
        }
        let mut left = self.operand()?;
        while strength(&self.token) > above {
            left = self.operation(left)?;
            self.operations += 1;
            if self.operations > LONGEST {
                return Err(TOO_LARGE);
            }
        }
        self.depth -= 1;
        Ok(left)
    }

    fn operand(&mut self) -> Read<Expr> {
        let token = std::mem::replace(&mut self.token, Token::End);
        let operator = match token {
            Token::Operator(operator) => operator,
            token => {
                self.advance(false)?;
                return Ok(match token {
                    Token::Number(number) => Expr::Number(number),
                    Token::Text(text) => Expr::Text(text),
                    Token::Variable(name) => Expr::Variable(name),
                    Token::Regex => Expr::Opaque(Vec::new()),
                    Token::Name { text, quoted } => match text.as_str() {
                        "true" if !quoted => Expr::Bool(true),
                        "false" if !quoted => Expr::Bool(false),
                        "null" if !quoted => Expr::Null,
                        "function" | "λ" if !quoted && self.at("(") => self.function()?,
                        _ => Expr::Field(text),
                    },
                    Token::End | Token::Operator(_) => return Err("the expression breaks off"),
                });
            }
        };
        match operator {
            "(" => {
                self.advance(true)?;
                let mut statements = Vec::new();
                while !self.at(")") {
                    let statement = self.expression(0)?;
                    self.binds -= usize::from(matches!(statement, Expr::Bind(..)));
                    statements.push(statement);
                    if !self.at(")") {
                        self.expect(";", true).map_err(|_| "a ( is not closed")?;
                    }
                }
                self.advance(false)?;
                Ok(Expr::Block(statements))
            }
            "[" => {
                self.advance(true)?;
                let items = self.list("]")?;
                self.advance(false)?;
                Ok(items)
            }
            "{" => {
                self.advance(true)?;
                Ok(Expr::Object(self.pairs()?))
            }
            "-" => {
                self.advance(true)?;
                Ok(match self.expression(70)? {
                    Expr::Number(number) => Expr::Number(-number),
                    inner => Expr::Opaque(vec![inner]),
                })
            }
            "|" => {
                self.advance(true)?;
                let mut parts = vec![self.expression(0)?];
                self.expect("|", true)?;
                parts.push(self.expression(0)?);
                if self.at(",") {
                    self.advance(true)?;
                    parts.push(self.expression(0)?);
                }
                self.expect("|", false)?;
                Ok(Expr::Opaque(parts))
            }
            "*" | "**" | "%" => {
                self.advance(false)?;
                Ok(Expr::Opaque(Vec::new()))
            }
            _ => Err("an operator stands where a value is due"),
        }
    }

    /// Items up to `close`, which is not consumed; ranges are read only.
    fn list(&mut self, close: &'static str) -> Read<Expr> {
        let (mut items, mut range) = (Vec::new(), false);
        while !self.at(close) {
            items.push(self.expression(0)?);
            if self.at("..") {
                self.advance(true)?;
                items.push(self.expression(0)?);
                range = true;
            }
            if !self.at(close) {
                self.expect(",", true).map_err(|_| "items stand between commas")?;
            }
        }
        Ok(if range { Expr::Opaque(items) } else { Expr::Array(items) })
    }

    /// The pairs of an object, up to and with its `}`.
    fn pairs(&mut self) -> Read<Vec<(Expr, Expr)>> {
        let mut pairs = Vec::new();
        while !self.at("}") {
            let key = self.expression(0)?;
            self.expect(":", true).map_err(|_| "a key of an object lacks its value")?;
            pairs.push((key, self.expression(0)?));
            if !self.at("}") {
                self.expect(",", true).map_err(|_| "a { is not closed")?;
            }
        }
        self.advance(false)?;
        Ok(pairs)
    }

    /// `function($a, $b)<signature>{ body }`, from its `(`.
    fn function(&mut self) -> Read<Expr> {
        self.expect("(", true)?;
        while !self.at(")") {
            if !matches!(self.advance(false)?, Token::Variable(_)) {
                return Err("a function's parameters are variables");
            }
            if !self.at(")") {
                self.expect(",", true)?;
            }
        }
        self.advance(false)?;
        let mut depth = 0_i32;
        while depth > 0 || self.at("<") {
            depth += i32::from(self.at("<")) - i32::from(self.at(">"));
            if self.advance(false)? == Token::End {
                return Err("a function's signature is not closed");
            }
        }
        self.expect("{", true)?;
        let body = self.expression(0)?;
        self.expect("}", false)?;
        Ok(Expr::Opaque(vec![body]))
    }

    fn operation(&mut self, left: Expr) -> Read<Expr> {
        let strength = strength(&self.token);
        let token = std::mem::replace(&mut self.token, Token::End);
        self.advance(true)?;
        let left = Box::new(left);
        let operator = match token {
            Token::Operator(operator) => operator,
            Token::Name { text, .. } if text == "and" => "and",
            Token::Name { text, .. } if text == "or" => "or",
            _ => "in",
        };
        Ok(match operator {
            "." => Expr::Step(left, Box::new(self.expression(strength)?)),
            "[" => {
                if self.at("]") {
                    self.advance(false)?;
                    return Ok(Expr::Opaque(vec![*left]));
                }
                let inner = self.expression(0)?;
                self.expect("]", false)?;
                Expr::Filter(left, Box::new(inner))
            }
            "(" => self.arguments(*left)?,
            "{" => {
                let pairs = self.pairs()?;
                Expr::Opaque(std::iter::once(*left).chain(pairs.into_iter().flat_map(|(k, v)| [k, v])).collect())
            }
            "@" | "#" => match self.advance(false)? {
                Token::Variable(_) => Expr::Opaque(vec![*left]),
                _ => return Err("@ and # bind a variable"),
            },
            "?" => {
                let then = Box::new(self.expression(0)?);
                let otherwise = if self.at(":") {
                    self.advance(true)?;
                    Some(Box::new(self.expression(0)?))
                } else {
                    None
                };
                Expr::If(left, then, otherwise)
            }
            ":=" => {
                let Expr::Variable(name) = *left else { return Err("only a variable can be bound") };
                self.binds += 1;
                Expr::Bind(name, Box::new(self.expression(strength - 1)?))
            }
            "^" => {
                self.expect("(", true)?;
                let mut terms = vec![*left];
                loop {
                    if self.at("<") || self.at(">") {
                        self.advance(true)?;
                    }
                    terms.push(self.expression(0)?);
                    if !self.at(",") {
                        break;
                    }
                    self.advance(true)?;
                }
                self.expect(")", false)?;
                Expr::Opaque(terms)
            }
            operator => Expr::Binary(operator, left, Box::new(self.expression(strength)?)),
        })
    }

    /// The arguments of a call, up to and with its `)`; a `?` among them makes another function.
    fn arguments(&mut self, function: Expr) -> Read<Expr> {
        let (mut arguments, mut partial) = (Vec::new(), false);
        while !self.at(")") {
            if self.at("?") {
                self.advance(false)?;
                partial = true;
            } else {
                arguments.push(self.expression(0)?);
            }
            if !self.at(")") {
                self.expect(",", true).map_err(|_| "a ( is not closed")?;
            }
        }
        self.advance(false)?;
        if partial {
            arguments.push(function);
            return Ok(Expr::Opaque(arguments));
        }
        Ok(Expr::Call(Box::new(function), arguments))
    }
}
