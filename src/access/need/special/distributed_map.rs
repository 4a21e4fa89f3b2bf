use std::collections::BTreeSet;

use serde_json::json;

use super::super::call::{Call, Text};
use super::super::target::{Target, bucket, object};
use super::super::{Certainty, Need, Needs, Place};
use crate::asl::{Definition, DistributedMap, Integration, MapIo, Pattern, Task};

const SOURCE: &str = "https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html";

/// What Distributed Maps need: to run the machine's own child executions, to read the items and to write the results.
pub(in super::super) fn add(definition: &Definition, place: &Place, needs: &mut Needs) {
    for map in &definition.distributed_maps {
        needs.own.extend(own_executions(map, place));
        for (io, of) in [(&map.item_reader, Io::Reader), (&map.result_writer, Io::Writer)] {
            let Some(io) = io else { continue };
            let task = as_task(map, io);
            needs.own.extend(of.needs(&Call { task: &task, place }, io));
        }
    }
}

/// A self-`StartExecution` is how a Distributed Map works, and no recursion. Children are executions of
/// `NAME/LABEL`, with a label that AWS makes where the definition gives none.
fn own_executions(map: &DistributedMap, place: &Place) -> Vec<Need> {
    let children = format!("{}/{}", place.name, map.label.as_deref().unwrap_or("*"));
    let executions = |name: &str| place.arn("states", &format!("execution:{name}:*"));
    let parents_and_children = Target::fixed(executions(&place.name))
        .also(executions(&children))
        .also(executions(&format!("{}/*", place.name)))
        .also(executions(&format!("{}*", place.name)))
        .also(place.arn("states", &format!("express:{}/*", place.name)));
    let of_children = Target::fixed(executions(&children))
        .also(executions(&format!("{}/*", place.name)))
        .also(place.arn("states", &format!("execution:{}/*", place.name)));
    let own = Target::fixed(place.machine_arn());
    let why = "a Distributed Map starts its machine's own child executions";
    let rows = [
        ("states:StartExecution", own, Certainty::Required, why),
        ("states:DescribeExecution", parents_and_children.clone(), Certainty::Recommended, "it follows its children"),
        ("states:StopExecution", parents_and_children, Certainty::Optional, "AWS's older policies let it stop them"),
        ("states:RedriveExecution", of_children, Certainty::Likely, "a redrive runs its failed children again"),
    ];
    let need = |(action, target, certainty, why): (&str, Target, Certainty, &str)| {
        Need::new(action, target, why, SOURCE).certainty(certainty).in_states(BTreeSet::from([map.state.clone()]))
    };
    rows.into_iter().map(need).collect()
}

#[derive(Debug, Clone, Copy)]
enum Io {
    Reader,
    Writer,
}

impl Io {
    fn needs(self, call: &Call<'_>, io: &MapIo) -> Vec<Need> {
        let Some(resource) = io.resource.as_deref() else { return Vec::new() };
        let place = call.place;
        let of = call.text(&["Bucket"]);
        let need = |action: &str, target: Target, why: &str| Need::of(call, action, target, why, SOURCE);
        let text = |pattern: &str| Text { pattern: pattern.to_owned(), from: None };
        match (self, resource.rsplit(':').next().map(str::to_ascii_lowercase).as_deref()) {
            (Self::Reader, Some("getobject")) => {
                let key = call.text(&["Key"]);
                let read = need("s3:GetObject", object(place, of.as_ref(), key.as_ref()), "the map reads its items");
                if io.input_type.as_deref() == Some("MANIFEST") {
                    let why = "the manifest names the files that hold the items";
                    let files = need("s3:GetObject", object(place, of.as_ref(), Some(&text("*"))), why);
                    return vec![read, files.certainty(Certainty::Likely)];
                }
                vec![read]
            }
            (Self::Reader, Some("listobjectsv2")) => {
                let list = need("s3:ListBucket", bucket(place, of.as_ref()), "the map lists its items");
                let prefix = call.text(&["Prefix"]);
                let below = Text { pattern: "*".to_owned(), from: None };
                let prefix = prefix.map(|prefix| Text { pattern: format!("{}*", prefix.pattern), ..prefix });
                let objects = object(place, of.as_ref(), Some(prefix.as_ref().unwrap_or(&below)));
                let list = match &prefix {
                    Some(prefix) => list.condition(json!({"StringLike": {"s3:prefix": prefix.pattern}})),
                    None => list,
                };
                let read = need("s3:GetObject", objects, "the map may read the objects that it lists");
                vec![list, read.certainty(Certainty::Optional)]
            }
            (Self::Writer, Some("putobject")) => {
                let prefix = call.text(&["Prefix"]);
                let below = prefix.map_or_else(
                    || text("*"),
                    |prefix| Text { pattern: format!("{}/*", prefix.pattern.trim_end_matches('/')), from: prefix.from },
                );
                let target = object(place, of.as_ref(), Some(&below));
                let rest = ["s3:GetObject", "s3:ListMultipartUploadParts", "s3:AbortMultipartUpload"];
                let why = "the map writes its results";
                let mut needs = vec![need("s3:PutObject", target.clone(), why)];
                let with = |action: &&str| need(action, target.clone(), why).certainty(Certainty::Recommended);
                needs.extend(rest.iter().map(with));
                needs
            }
            _ => Vec::new(),
        }
    }
}

/// A reader or writer names its bucket as a task names its target.
fn as_task(map: &DistributedMap, io: &MapIo) -> Task {
    Task {
        state: map.state.clone(),
        pointer: map.pointer.clone(),
        resource: io.resource.clone().unwrap_or_default(),
        integration: Integration::Unknown,
        pattern: Pattern::RequestResponse,
        arguments: io.arguments.clone(),
        credentials: None,
    }
}
