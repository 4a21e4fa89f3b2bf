use crate::asl::{Definition, DistributedMap, Integration, Resolved, Task};
use crate::types::{Arn, JsonPointer};

/// A state that names a place where data stays after the execution: a `DynamoDB` table or an S3 bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreUse<'a> {
    pub kind: StoreKind,
    pub access: StoreAccess,
    /// Name of the state.
    pub state: &'a str,
    pub pointer: &'a JsonPointer,
    /// The table or bucket, a name or an ARN, as far as the definition alone says.
    pub named: Resolved,
    /// Where results go in the bucket.
    pub prefix: Option<Resolved>,
    /// Another role calls: a bare name may be that of another account's table.
    pub by_other_role: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreKind {
    Table,
    Bucket,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreAccess {
    /// A whole item or object is put there.
    Put,
    Get,
    /// A Distributed Map writes the input and output of its child executions there.
    Results,
}

/// The stores that a definition names.
/// Sources: <https://docs.aws.amazon.com/step-functions/latest/dg/connect-ddb.html>,
/// <https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html>.
pub fn store_uses(definition: &Definition) -> impl Iterator<Item = StoreUse<'_>> {
    let results = definition.distributed_maps.iter().filter_map(results);
    definition.tasks.iter().flat_map(of_task).chain(results)
}

impl StoreUse<'_> {
    /// The bucket's name, where it is known and a bucket can be called so. Access points and directory buckets are none.
    pub fn bucket(&self) -> Option<&str> {
        let named = self.named.text().filter(|_| self.kind == StoreKind::Bucket)?;
        let name = match named.split_once(":s3:::") {
            Some((_, name)) if named.starts_with("arn:") => name,
            _ => named,
        };
        is_bucket(name).then_some(name)
    }

    /// The table's ARN, where it is known.
    pub fn table(&self, machine: &Arn) -> Option<Arn> {
        let named = self.named.text().filter(|_| self.kind == StoreKind::Table)?;
        if self.by_other_role && !named.starts_with("arn:") {
            return None;
        }
        table_arn(named, machine)
    }
}

/// The ARN of a table that a machine names by its name or ARN. `None`: no table can be called so.
/// Source: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html>.
pub fn table_arn(named: &str, machine: &Arn) -> Option<Arn> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    let is_name = |name: &str| (3..=255).contains(&name.len()) && name.bytes().all(fits);
    if !named.starts_with("arn:") {
        let own = || format!("arn:{}:dynamodb:{}:{}", machine.partition(), machine.region(), machine.account());
        return is_name(named).then(|| Arn::parse(format!("{}:table/{named}", own())).ok()).flatten();
    }
    let arn = Arn::parse(named).ok().filter(|arn| arn.service() == "dynamodb")?;
    arn.resource().strip_prefix("table/").is_some_and(is_name).then_some(arn)
}

/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>; the endings are those of what
/// is addressed like a bucket and is none.
fn is_bucket(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-');
    let other = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];
    (3..=63).contains(&name.len()) && name.bytes().all(fits) && !other.iter().any(|end| name.ends_with(end))
}

fn results(map: &DistributedMap) -> Option<StoreUse<'_>> {
    let writer = map.result_writer.as_ref()?;
    // Without a resource results are only formatted.
    writer.resource.as_ref()?;
    Some(StoreUse {
        kind: StoreKind::Bucket,
        access: StoreAccess::Results,
        state: &map.state,
        pointer: &map.pointer,
        named: writer.arguments.member("Bucket")?,
        prefix: writer.arguments.member("Prefix"),
        by_other_role: false,
    })
}

fn of_task(task: &Task) -> Vec<StoreUse<'_>> {
    let Some((kind, access)) = operation(&task.integration) else { return Vec::new() };
    let field = match kind {
        StoreKind::Table => "TableName",
        StoreKind::Bucket => "Bucket",
    };
    let one = |named| StoreUse {
        kind,
        access,
        state: &task.state,
        pointer: &task.pointer,
        named,
        prefix: None,
        by_other_role: task.credentials.is_some(),
    };
    task.arguments.member(field).into_iter().map(one).collect()
}

/// What puts or gets a whole item or object; what changes single attributes, such as a counter, is neither.
fn operation(integration: &Integration) -> Option<(StoreKind, StoreAccess)> {
    const PUTS_AND_GETS: [(&str, &str, StoreKind, StoreAccess); 6] = [
        ("dynamodb", "putItem", StoreKind::Table, StoreAccess::Put),
        ("dynamodb", "getItem", StoreKind::Table, StoreAccess::Get),
        ("dynamodb", "query", StoreKind::Table, StoreAccess::Get),
        ("dynamodb", "scan", StoreKind::Table, StoreAccess::Get),
        ("s3", "putObject", StoreKind::Bucket, StoreAccess::Put),
        ("s3", "getObject", StoreKind::Bucket, StoreAccess::Get),
    ];
    let called = |(service, action, ..): &&(&str, &str, StoreKind, StoreAccess)| match integration {
        Integration::Optimised { service: named, action: call } => named == service && call == action,
        sdk => sdk.is_sdk_call(service, action),
    };
    PUTS_AND_GETS.iter().find(called).map(|(_, _, kind, access)| (*kind, *access))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{StoreAccess, store_uses, table_arn};
    use crate::asl::Definition;
    use crate::types::Arn;

    const TABLE: &str = "arn:aws:dynamodb:eu-west-1:123456789012:table/claims";

    fn machine() -> Arn {
        Arn::parse("arn:aws:states:eu-west-1:123456789012:stateMachine:m").unwrap()
    }

    /// What a task with these fields uses, how, and as what it is known.
    fn used(fields: &Value) -> Vec<(StoreAccess, &'static str, Option<String>)> {
        let mut state = json!({"Type": "Task", "End": true});
        for (field, value) in fields.as_object().unwrap() {
            state[field] = value.clone();
        }
        let definition = Definition::parse(&json!({"StartAt": "A", "States": {"A": state}})).unwrap();
        let known = |used: super::StoreUse<'_>| {
            let place = used.bucket().map(str::to_owned).or_else(|| used.table(&machine()).map(String::from));
            (used.access, used.named.kind(), place)
        };
        store_uses(&definition).map(known).collect()
    }

    #[test]
    fn items_and_objects_that_tasks_put_and_get() {
        let put = |resource: &str, arguments| used(&json!({"Resource": resource, "Parameters": arguments}));
        let own = |access, place: &str| vec![(access, "static", Some(place.to_owned()))];
        for resource in ["arn:aws:states:::dynamodb:putItem", "arn:aws:states:::aws-sdk:dynamodb:PutItem"] {
            for name in ["claims", TABLE] {
                assert_eq!(put(resource, json!({"TableName": name, "Item": {}})), own(StoreAccess::Put, TABLE));
            }
        }
        let get = "arn:aws:states:::dynamodb:getItem";
        assert_eq!(put(get, json!({"TableName": "claims", "Key": {}})), own(StoreAccess::Get, TABLE));
        let object = "arn:aws:states:::aws-sdk:s3:putObject";
        assert_eq!(put(object, json!({"Bucket": "claims", "Body.$": "$"})), own(StoreAccess::Put, "claims"));
        assert_eq!(put(object, json!({"Bucket.$": "$.b"})), [(StoreAccess::Put, "runtime", None)]);
        assert_eq!(put("arn:aws:states:::dynamodb:updateItem", json!({"TableName": "claims"})), []);
        let alias = json!({"Bucket": "claims-0123456789-s3alias"});
        assert_eq!(put(object, alias), [(StoreAccess::Put, "static", None)]);
    }

    #[test]
    fn another_roles_table_is_known_by_its_arn_only() {
        let role = json!({"RoleArn": "arn:aws:iam::999999999999:role/r"});
        let put = |name| {
            used(&json!({"Resource": "arn:aws:states:::dynamodb:putItem", "Credentials": role,
                "Parameters": {"TableName": name, "Item": {}}}))
        };
        assert_eq!(put("claims")[0].2, None);
        assert_eq!(put(TABLE)[0].2.as_deref(), Some(TABLE));
    }

    #[test]
    fn results_go_to_a_bucket_only_where_they_are_written() {
        let map = |writer| {
            let processor = json!({"ProcessorConfig": {"Mode": "DISTRIBUTED"}, "StartAt": "B",
                "States": {"B": {"Type": "Succeed"}}});
            used(&json!({"Type": "Map", "ItemProcessor": processor, "ResultWriter": writer}))
        };
        let to = |bucket| map(json!({"Resource": "arn:aws:states:::s3:putObject", "Parameters": bucket}));
        let results = vec![(StoreAccess::Results, "static", Some("lake".to_owned()))];
        assert_eq!(to(json!({"Bucket": "lake", "Prefix": "p"})), results);
        assert_eq!(to(json!({"Bucket.$": "$.b"})), [(StoreAccess::Results, "runtime", None)]);
        assert_eq!(map(json!({"WriterConfig": {"Transformation": "NONE"}})), []);
    }

    #[test]
    fn what_a_table_can_be_called() {
        assert_eq!(table_arn("claims", &machine()).as_ref().map(Arn::as_str), Some(TABLE));
        let index = format!("{TABLE}/index/by-date");
        for none in ["", "ab", "$.t", "{% $t %}", "a b c", "arn:aws:s3:::claims", index.as_str()] {
            assert_eq!(table_arn(none, &machine()), None, "{none}");
        }
    }
}
