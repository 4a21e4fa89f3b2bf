//! What a call needs beside its own action: a role that it hands over, objects that the service reads for it.

use super::super::call::{Call, Text};
use super::super::target::{Target, bucket, object};
use super::super::{Certainty, Need};
use super::{forwarded, roles};
use crate::asl::Resolved;

pub(super) fn add(call: &Call<'_>, prefix: &str, operation: &str, needs: &mut Vec<Need>) {
    roles::add(call, prefix, operation, needs);
    forwarded::add(call, prefix, operation, needs);
    match prefix {
        "s3" => add_object_parts(call, operation, needs),
        "rekognition" | "textract" => add_read_objects(call, prefix, needs),
        "transcribe" => add_transcription(call, needs),
        _ => {}
    }
}

/// Parts of an object that have an action of their own.
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html>.
fn add_object_parts(call: &Call<'_>, operation: &str, needs: &mut Vec<Need>) {
    const SOURCE: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html";
    let parts: &[(&str, &[&str], &str)] = &[
        ("VersionId", &["GetObject", "HeadObject"], "s3:GetObjectVersion"),
        ("VersionId", &["DeleteObject"], "s3:DeleteObjectVersion"),
        ("VersionId", &["GetObjectTagging"], "s3:GetObjectVersionTagging"),
        ("VersionId", &["PutObjectTagging"], "s3:PutObjectVersionTagging"),
        ("Tagging", &["PutObject", "CopyObject", "CreateMultipartUpload"], "s3:PutObjectTagging"),
        ("ACL", &["PutObject", "CopyObject", "CreateMultipartUpload"], "s3:PutObjectAcl"),
    ];
    for (field, operations, action) in parts {
        if operations.contains(&operation) && call.has(field) {
            let target = object(call.place, call.text(&["Bucket"]).as_ref(), call.text(&["Key"]).as_ref());
            needs.push(Need::of(call, action, target, format!("the call sets {field}"), SOURCE));
        }
    }
}

/// `S3Object: {Bucket, Name}` is read with the caller's permissions.
fn add_read_objects(call: &Call<'_>, prefix: &str, needs: &mut Vec<Need>) {
    let source = match prefix {
        "textract" => "https://docs.aws.amazon.com/textract/latest/dg/security_iam_id-based-policy-examples.html",
        _ => "https://docs.aws.amazon.com/rekognition/latest/dg/images-s3.html",
    };
    let mut objects = Vec::new();
    walk(&call.task.arguments, "", &mut |key, value| {
        if key.eq_ignore_ascii_case("S3Object") {
            let part = |name: &str| super::super::call::at(value, &[name]).and_then(|part| call.text_of(&part));
            let (of, name) = (part("Bucket"), part("Name"));
            objects.push((bucket(call.place, of.as_ref()), object(call.place, of.as_ref(), name.as_ref())));
        }
    });
    for (of, target) in objects {
        needs.push(Need::of(call, "s3:GetObject", target, "the service reads the object as the caller", source));
        needs.push(may_list(call, of, source));
    }
}

/// Without the right to list, a missing object looks like a forbidden one.
fn may_list(call: &Call<'_>, of: Target, source: &'static str) -> Need {
    Need::of(call, "s3:ListBucket", of, "a missing object is told from a forbidden one", source)
        .certainty(Certainty::Optional)
}

/// Source: <https://docs.aws.amazon.com/transcribe/latest/dg/security_iam_id-based-policy-examples.html>.
fn add_transcription(call: &Call<'_>, needs: &mut Vec<Need>) {
    const SOURCE: &str = "https://docs.aws.amazon.com/transcribe/latest/dg/security_iam_id-based-policy-examples.html";
    // With a role of its own the job reads and writes with that.
    let certainty = match call.has("JobExecutionSettings") {
        true => Certainty::Optional,
        false => Certainty::Required,
    };
    let media = call.text(&["Media", "MediaFileUri"]);
    let at_run_time = media.as_ref().is_some_and(|text| !text.pattern.starts_with("s3://"));
    if let Some((of, key)) = media.as_ref().and_then(super::super::target::s3_uri) {
        let target = object(call.place, Some(&of), Some(&key));
        needs.push(may_list(call, bucket(call.place, Some(&of)), SOURCE));
        let need = Need::of(call, "s3:GetObject", target, "the service reads the recording as the caller", SOURCE);
        // A path that says nothing of S3 may be a URL of another kind.
        needs.push(need.certainty(if at_run_time { certainty.max(Certainty::Likely) } else { certainty }));
    }
    if let Some(of) = call.text(&["OutputBucketName"]) {
        let any: Option<Text> =
            call.text(&["OutputKey"]).map(|key| Text { pattern: format!("{}*", key.pattern), ..key });
        let target = object(call.place, Some(&of), any.as_ref());
        let need = Need::of(call, "s3:PutObject", target, "the service writes the transcript as the caller", SOURCE);
        needs.push(need.certainty(certainty));
    }
}

/// Whether some field has this name, wherever it is nested.
pub(super) fn names(call: &Call<'_>, field: &str) -> bool {
    let mut found = false;
    walk(&call.task.arguments, "", &mut |key, _| found |= key.eq_ignore_ascii_case(field));
    found
}

/// Every field, wherever it is nested, with its own key.
pub(super) fn walk(value: &Resolved, key: &str, see: &mut impl FnMut(&str, &Resolved)) {
    see(key, value);
    match value {
        Resolved::Object(fields) => fields.iter().for_each(|(key, field)| walk(field, key, see)),
        Resolved::Array(items) => items.iter().for_each(|item| walk(item, key, see)),
        Resolved::Static(value) | Resolved::Constant { value, .. } => {
            let inner = Resolved::Static;
            match value {
                serde_json::Value::Object(fields) => {
                    fields.iter().for_each(|(key, field)| walk(&inner(field.clone()), key, see));
                }
                serde_json::Value::Array(items) => items.iter().for_each(|item| walk(&inner(item.clone()), key, see)),
                _ => {}
            }
        }
        Resolved::Runtime { .. } | Resolved::Context { .. } => {}
    }
}
