use super::super::call::{Call, Text};
use super::super::target::{Target, named};
use super::super::{Certainty, Need};
use crate::asl::Resolved;

/// One action per PartiQL statement, by its first word, on the table that it names.
pub(super) fn statements(call: &Call<'_>, source: &'static str) -> Vec<Need> {
    let mut texts = call.texts(&["Statement"]);
    for list in ["Statements", "TransactStatements"] {
        for item in call.list(&[list]).unwrap_or_default() {
            let statement = super::super::call::at(&item, &["Statement"]);
            texts.extend(statement.and_then(|statement| call.text_of(&statement)));
        }
    }
    let need = |text: &Text| {
        let mut words = text.pattern.split_whitespace();
        let verb = words.next().unwrap_or_default().to_ascii_uppercase();
        let (action, before_table) = match verb.as_str() {
            "SELECT" => ("dynamodb:PartiQLSelect", Some("FROM")),
            "INSERT" => ("dynamodb:PartiQLInsert", Some("INTO")),
            "DELETE" => ("dynamodb:PartiQLDelete", Some("FROM")),
            "UPDATE" => ("dynamodb:PartiQLUpdate", None),
            _ => return any_statement(call, text, source),
        };
        let table = match before_table {
            Some(word) => words.skip_while(|found| !found.eq_ignore_ascii_case(word)).nth(1),
            None => words.next(),
        };
        let name = table.map_or("*", |table| table.split('.').next().unwrap_or("*").trim_matches('"'));
        let table = Text { pattern: name.to_owned(), from: text.from.clone() };
        vec![Need::of(call, action, table_target(call, &table), "the statement's verb", source)]
    };
    texts.iter().flat_map(need).collect()
}

/// A statement that is chosen at run time may be of any kind.
fn any_statement(call: &Call<'_>, text: &Text, source: &'static str) -> Vec<Need> {
    let any = Text { pattern: "*".to_owned(), from: text.from.clone() };
    let actions = ["PartiQLSelect", "PartiQLInsert", "PartiQLUpdate", "PartiQLDelete"];
    let need = |action: &&str| {
        let why = "the statement is chosen at run time";
        Need::of(call, &format!("dynamodb:{action}"), table_target(call, &any), why, source)
            .certainty(Certainty::Likely)
    };
    actions.iter().map(need).collect()
}

/// One action per item of a writing transaction.
pub(super) fn transaction(call: &Call<'_>, source: &'static str) -> Vec<Need> {
    const KINDS: [(&str, &str); 4] = [
        ("Put", "dynamodb:PutItem"),
        ("Update", "dynamodb:UpdateItem"),
        ("Delete", "dynamodb:DeleteItem"),
        ("ConditionCheck", "dynamodb:ConditionCheckItem"),
    ];
    let items = call.list(&["TransactItems"]).unwrap_or_default();
    let mut needs = Vec::new();
    for item in &items {
        for (kind, action) in KINDS {
            let Some(table) = super::super::call::at(item, &[kind, "TableName"]) else { continue };
            let (decided, text) = (!matches!(item, Resolved::Runtime { .. }), call.text_of(&table));
            let target = named(call.place, "dynamodb", "table/", text.as_ref());
            let need = Need::of(call, action, target, "an item of the transaction", source);
            needs.push(if decided { need } else { need.certainty(Certainty::Likely) });
        }
    }
    needs
}

/// The tables of a reading transaction.
pub(super) fn transaction_tables(call: &Call<'_>) -> Target {
    let table = |item: &Resolved| {
        let table = super::super::call::at(item, &["Get", "TableName"])?;
        Some(named(call.place, "dynamodb", "table/", call.text_of(&table).as_ref()))
    };
    let items = call.list(&["TransactItems"]).unwrap_or_default();
    Target::join(items.iter().filter_map(table).collect()).unwrap_or_else(|| any_table(call))
}

/// The tables that are the keys of `RequestItems`.
pub(super) fn batch_tables(call: &Call<'_>) -> Target {
    let request = super::super::call::at(&call.task.arguments, &["RequestItems"]);
    let names: Vec<String> = match request.as_deref() {
        Some(Resolved::Object(tables)) => tables.keys().cloned().collect(),
        Some(Resolved::Static(value) | Resolved::Constant { value, .. }) => {
            value.as_object().map(|tables| tables.keys().cloned().collect()).unwrap_or_default()
        }
        Some(value) => return call.text_of(value).map_or_else(|| any_table(call), |text| table_target(call, &text)),
        None => Vec::new(),
    };
    let tables = names.into_iter().map(|name| table_target(call, &Text { pattern: name, from: None }));
    Target::join(tables.collect()).unwrap_or_else(|| any_table(call))
}

fn table_target(call: &Call<'_>, table: &Text) -> Target {
    named(call.place, "dynamodb", "table/", Some(table))
}

fn any_table(call: &Call<'_>) -> Target {
    Target::unseen(call.place.arn("dynamodb", "table/*"))
}
