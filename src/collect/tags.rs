use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::collector::{Collector, Context, Scope};
use super::pages::{Page, all_pages, named, required};
use crate::aws::apis::TAGGING_GET_RESOURCES as GET_RESOURCES;
use crate::model::{PartName, PartValue, TagSet, Tags};
use crate::types::{Arn, Observed};

/// Tags of everything that Step Functions has, through the Resource Groups Tagging API: one call for 100 resources,
/// where Step Functions' own `ListTagsForResource` takes one each and is refilled at one a second.
pub(super) static COLLECTOR: Collector =
    Collector { part: PartName::Tags, scope: Scope::Region, after: &[], apis: &[&GET_RESOURCES], run };

fn run<'a>(context: &'a Context<'a>) -> BoxFuture<'a, PartValue> {
    async move {
        let client = context.clients.tagging();
        let (resources, failure) = all_pages(&GET_RESOURCES, |token| {
            let request = client.get_resources().resource_type_filters("states").resources_per_page(100);
            let request = request.set_pagination_token(token);
            async move {
                let answer = context.call(&GET_RESOURCES, || request.clone().send()).await?;
                let resources = required(&GET_RESOURCES, answer.resource_tag_mapping_list, "ResourceTagMappingList")?;
                Ok(Page { items: resources, next: answer.pagination_token })
            }
        })
        .await;
        let tags = |resource: aws_sdk_resourcegroupstagging::types::ResourceTagMapping| {
            let arn = Arn::parse(resource.resource_arn?).ok()?;
            let tags = resource.tags.unwrap_or_default();
            Some((arn, TagSet::read(context.door, tags.iter().map(|tag| (tag.key.as_str(), tag.value.as_str())))))
        };
        let (tags, failure) = named(&GET_RESOURCES, resources.into_iter().map(tags), "ResourceARN", failure);
        let tags: Tags = tags.into_iter().collect();
        PartValue::Tags(match failure {
            Some(failure) if tags.is_empty() => Observed::missing(context.gap(&failure)),
            failure => Observed::listed(tags, failure.map(|failure| context.gap(&failure))),
        })
    }
    .boxed()
}
