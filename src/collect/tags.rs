use std::collections::BTreeMap;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::collector::{Collector, Context, Scope};
use super::pages::{Page, all_pages, named, required};
use crate::aws::FailureKind;
use crate::aws::apis::{SFN_LIST_TAGS_FOR_RESOURCE as LIST_TAGS, TAGGING_GET_RESOURCES as GET_RESOURCES};
use crate::model::{PartName, PartValue, TagSet, Tags};
use crate::types::{Arn, Gap, GapReason, Observed};

/// Tags of everything that Step Functions has, through the Resource Groups Tagging API: one call for 100 resources,
/// where Step Functions' own `ListTagsForResource` takes one each and is refilled at one a second. That one is asked where
/// the other names no machine, or no activity.
pub(super) static COLLECTOR: Collector = Collector {
    part: PartName::Tags,
    scope: Scope::Region,
    after: &[PartName::StateMachines, PartName::Activities],
    apis: &[&GET_RESOURCES, &LIST_TAGS],
    run,
};

/// Resources of a kind that are asked for their tags one by one: those of a small Region are settled by it.
pub(super) const ASKED: usize = 10;

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
            Some(failure) => Observed::listed(tags, Some(context.gap(&failure))),
            None => one_by_one(context, tags).await,
        })
    }
    .boxed()
}

/// Also the tags of the first few resources of a kind of which none was named: because none is tagged, or because the
/// endpoint does not serve the call.
async fn one_by_one(context: &Context<'_>, mut tags: Tags) -> Observed<Tags> {
    let mut silent = None;
    for arn in unnamed(context, &tags) {
        let client = context.clients.sfn();
        let request = client.list_tags_for_resource().resource_arn(arn.as_str());
        let listed = match context.call(&LIST_TAGS, || request.clone().send()).await {
            Ok(answer) => answer.tags.unwrap_or_default(),
            Err(failure) if failure.kind == FailureKind::NotFound => continue,
            Err(failure) => return Observed::listed(tags, Some(context.gap(&failure).about(arn.as_str()))),
        };
        if !listed.is_empty() {
            let detail = format!("{} left out what {} tells", GET_RESOURCES.name, LIST_TAGS.name);
            let gap = Gap { api: GET_RESOURCES.name.to_owned(), ..Gap::new(GapReason::Unsupported, detail) };
            silent.get_or_insert_with(|| context.locate(gap).about(arn.as_str()));
        }
        let pairs = listed.iter().map(|tag| (tag.key().unwrap_or_default(), tag.value().unwrap_or_default()));
        tags.insert(arn.clone(), TagSet::read(context.door, pairs));
    }
    Observed::listed(tags, silent)
}

/// The first of the Region's machines, and of its activities, where none of them was named.
fn unnamed<'a>(context: &'a Context<'a>, tags: &Tags) -> Vec<&'a Arn> {
    let (machines, activities) = (context.snapshot.state_machines(), context.snapshot.activities());
    let machines = machines.seen().0.copied().into_iter().flat_map(|list| &list.machines).map(|machine| &machine.arn);
    let activities = activities.seen().0.copied().into_iter().flat_map(BTreeMap::keys);
    let kinds: [Vec<_>; 2] = [machines.collect(), activities.collect()];
    let nameless = kinds.into_iter().filter(|kind| !kind.iter().any(|arn| tags.contains_key(*arn)));
    nameless.flat_map(|kind| kind.into_iter().take(ASKED)).collect()
}
