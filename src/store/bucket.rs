use std::sync::Arc;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ConnectorError, SdkError};
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::operation::get_object::builders::GetObjectFluentBuilder;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::ServerSideEncryption;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use super::objects::{Objects, StoreError, Version, When};
use super::settings::{BucketUrl, StoreSettings};
use crate::aws::apis::{
    S3_DELETE_OBJECT as DELETE, S3_GET_OBJECT as GET, S3_LIST_OBJECTS as LIST, S3_PUT_OBJECT as PUT,
};
use crate::aws::{AwsSettings, Budget, Caller, FailureKind, Session};
use crate::types::Arn;

/// Objects of an S3 bucket. Of two who write the same object at once, S3 refuses the second (conditional writes:
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>).
#[derive(Debug)]
pub(super) struct Bucket {
    runtime: Runtime,
    client: Client,
    caller: Caller,
    there: BucketUrl,
    owner: Option<String>,
    kms_key: Option<Arn>,
}

/// Whose the prefix is. To write it where it is missing tells before a scan, and not after it, what may not be written to.
const MARK: &str = "store.json";

impl Bucket {
    /// With the caller's own credentials, whichever accounts are scanned.
    pub(super) fn open(there: &BucketUrl, settings: &StoreSettings, aws: &AwsSettings) -> Result<Self, StoreError> {
        let failed = |why: String| StoreError { place: there.to_string(), why };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| failed(error.to_string()))?;
        let session = runtime.block_on(Session::load(aws));
        let region = settings.bucket_region.clone().map_or_else(|| session.home_region(), Ok);
        let region = region.map_err(|error| failed(error.to_string()))?;
        let client = session.clients(&region).objects();
        let budget = Arc::new(Budget::new(aws.budget.clone()));
        let caller = Caller::new(budget, region, aws.max_attempts, CancellationToken::new());
        let owner = settings.bucket_owner.as_ref().map(ToString::to_string);
        let kms_key = settings.bucket_key.clone();
        let bucket = Self { runtime, client, caller, there: there.clone(), owner, kms_key };
        bucket.put(MARK, br#"{"stepwarden_store": 1}"#, When::Missing)?;
        Ok(bucket)
    }

    fn failed(&self, name: &str, why: &str) -> StoreError {
        StoreError { place: self.place(name), why: why.to_owned() }
    }
}

impl Objects for Bucket {
    fn get(&self, name: &str) -> Result<Option<(Vec<u8>, Version)>, StoreError> {
        let request = self.client.get_object().bucket(self.there.bucket()).key(self.there.key(name));
        let request = request.set_expected_bucket_owner(self.owner.clone());
        match self.runtime.block_on(self.caller.call(&GET, || read(request.clone()))) {
            Ok((content, Some(etag))) => Ok(Some((content, Version(etag)))),
            Ok((_, None)) => Err(self.failed(name, "s3:GetObject answered without an ETag")),
            Err(failure) if failure.kind == FailureKind::NotFound => Ok(None),
            Err(failure) => Err(self.failed(name, &failure.detail)),
        }
    }

    fn put(&self, name: &str, content: &[u8], when: When<'_>) -> Result<bool, StoreError> {
        let send = || {
            let request = self.client.put_object().bucket(self.there.bucket()).key(self.there.key(name));
            let request = request.set_expected_bucket_owner(self.owner.clone()).content_type("application/json");
            let request = match &self.kms_key {
                Some(key) => request.server_side_encryption(ServerSideEncryption::AwsKms).ssekms_key_id(key.as_str()),
                None => request,
            };
            let request = match when {
                When::Always => request,
                When::Missing => request.if_none_match("*"),
                When::Unchanged(Version(etag)) => request.if_match(etag),
            };
            request.body(ByteStream::from(content.to_vec())).send()
        };
        match self.runtime.block_on(self.caller.call(&PUT, send)) {
            Ok(_) => Ok(true),
            Err(failure) if failure.kind == FailureKind::Conflict => Ok(false),
            // What is gone was changed.
            Err(failure) if failure.kind == FailureKind::NotFound && matches!(when, When::Unchanged(_)) => Ok(false),
            Err(failure) => Err(self.failed(name, &failure.detail)),
        }
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        let prefix = self.there.key(&format!("{folder}/"));
        let (mut names, mut token) = (Vec::new(), None);
        loop {
            let request = self.client.list_objects_v2().bucket(self.there.bucket()).prefix(&prefix);
            let request = request.set_expected_bucket_owner(self.owner.clone()).set_continuation_token(token);
            let answer = self.runtime.block_on(self.caller.call(&LIST, || request.clone().send()));
            let answer = answer.map_err(|failure| self.failed(folder, &failure.detail))?;
            let keys = answer.contents.unwrap_or_default().into_iter().filter_map(|object| object.key);
            names.extend(keys.filter_map(|key| key.strip_prefix(&prefix).map(str::to_owned)));
            token = answer.next_continuation_token;
            if token.is_none() {
                return Ok(names);
            }
        }
    }

    fn delete(&self, name: &str) -> Result<(), StoreError> {
        let request = self.client.delete_object().bucket(self.there.bucket()).key(self.there.key(name));
        let request = request.set_expected_bucket_owner(self.owner.clone());
        let deleted = self.runtime.block_on(self.caller.call(&DELETE, || request.clone().send()));
        deleted.map(drop).map_err(|failure| self.failed(name, &failure.detail))
    }

    fn place(&self, name: &str) -> String {
        format!("s3://{}/{}", self.there.bucket(), self.there.key(name))
    }
}

/// The whole object; one that breaks off is asked for again.
async fn read(request: GetObjectFluentBuilder) -> Result<(Vec<u8>, Option<String>), SdkError<GetObjectError>> {
    let answer = request.send().await?;
    let etag = answer.e_tag;
    let body = answer.body.collect().await;
    let body = body.map_err(|error| SdkError::dispatch_failure(ConnectorError::io(error.into())))?;
    Ok((body.to_vec(), etag))
}
