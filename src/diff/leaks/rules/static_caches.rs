//! Statics that hold much, and known caches: what is put there stays until somebody takes it out.

use super::{Judgement, Rule};
use crate::diff::leaks::dump::OpenDump;
use crate::diff::leaks::origin;
use crate::diff::leaks::score::{Score, Trend};
use crate::diff::leaks::series::{Next, Objects, Series, Sighting};
use crate::diff::leaks::thresholds::{GROWN_BYTES, GROWN_SHARE, OBJECT_BYTES, OBJECT_SHARE};
use crate::diff::profile::Profile;
use crate::graph::{ObjectId, RootKind};
use crate::query::QueryError;
use crate::units::{grouped, human_bytes};

/// Types of caches.
const CACHES: [&str; 3] = [
    "Microsoft.Extensions.Caching.Memory.MemoryCache",
    "System.Runtime.Caching.MemoryCache",
    "System.Web.Caching.Cache",
];

/// Points for something that is there to keep.
const PATTERN_POINTS: i32 = 6;

/// The rule.
pub(super) struct StaticCaches;

impl Rule for StaticCaches {
    fn looks_at(&self) -> &'static str {
        "statics and caches"
    }

    fn sightings(&self, dump: &OpenDump<'_>) -> Result<Vec<Sighting>, QueryError> {
        let mut found = statics(dump);
        found.extend(caches(dump)?);
        Ok(found)
    }

    fn before(&self, profile: &Profile, _: Option<&OpenDump<'_>>, last: &Sighting) -> Option<(u64, u64)> {
        let name = last.key.strip_prefix("static ")?;
        let mut groups = profile.roots.iter().filter(|group| group.kind == RootKind::Static.word());
        let group = groups.find(|group| group.name.as_deref() == Some(name));
        Some(group.map_or((0, 0), |group| (group.count, group.retained)))
    }

    fn judge(&self, series: &Series<'_>) -> Option<Judgement> {
        let trend = Trend::of(&series.all_bytes);
        let grown_share = series.grown_bytes() as f64 / series.heap.max(1) as f64;
        let grows = trend.is_growth() && series.grown_bytes() >= GROWN_BYTES && grown_share >= GROWN_SHARE;
        let is_big = series.share() >= OBJECT_SHARE && series.bytes() >= OBJECT_BYTES;
        if !grows && (series.has_history() || !is_big) {
            return None;
        }
        let mut score = Score::default();
        score.add(PATTERN_POINTS, series.last.detail.clone());
        score.growth(&series.all_bytes, "bytes");
        score.bytes(series, "retains");
        score.origin(series.last.is_of_program);
        for (points, what) in &series.last.remarks {
            score.add(*points, what.clone());
        }
        let (bytes, share) = (human_bytes(series.bytes() as f64), series.share() * 100.0);
        let more = match series.grown_bytes() {
            0 => String::new(),
            more => format!(", {} more than at first", human_bytes(more as f64)),
        };
        let reason = format!("{} retains {bytes}, {share:.1} % of the heap{more}", series.last.subject);
        Some(Judgement { rule: "static_cache", reason, score })
    }
}

/// The statics, by name.
fn statics(dump: &OpenDump<'_>) -> Vec<Sighting> {
    let groups = dump.profile.roots.iter().filter(|group| group.kind == RootKind::Static.word());
    let groups = groups.filter(|group| group.retained >= GROWN_BYTES);
    let made = groups.filter_map(|group| {
        let name = group.name.as_ref()?;
        let roots = dump.roots.all.iter().filter(|root| root.kind == RootKind::Static && root.keeps_alive);
        let objects: Vec<ObjectId> =
            roots.filter(|root| root.name.as_deref() == Some(&**name)).map(|root| root.object).collect();
        let first = *objects.first()?;
        Some(Sighting {
            key: format!("static {name}"),
            subject: format!("static {name}"),
            module: dump.type_of(first).and_then(|of| of.module.clone()),
            // By its name, which begins as its module's does: a root's facts do not tell the module itself.
            is_of_program: !origin::is_framework(name),
            count: group.count,
            bytes: group.retained,
            objects: Objects::These(objects),
            detail: "what a static holds lives as long as the program".to_owned(),
            remarks: Vec::new(),
            next: Some(Next::retained_by(dump.address(first))),
            ..Sighting::default()
        })
    });
    made.collect()
}

/// The known caches, those of one type together.
fn caches(dump: &OpenDump<'_>) -> Result<Vec<Sighting>, QueryError> {
    let mut found = Vec::new();
    for name in CACHES {
        let types = dump.types_where(|of| &*of.name == name);
        let objects = dump.objects_of(&types)?;
        let Some(&first) = objects.first() else { continue };
        let within =
            |object: ObjectId| object == first || dump.above(object).any(|above| objects.contains(&above));
        let collections = dump.census()?.biggest.iter().filter(|collection| within(collection.object));
        let entries = collections.map(|collection| collection.count).max().unwrap_or(0);
        found.push(Sighting {
            key: name.to_owned(),
            subject: name.to_owned(),
            module: dump.type_of(first).and_then(|of| of.module.clone()),
            // Its content is what the program put there.
            is_of_program: true,
            count: entries,
            bytes: dump.retained(&objects),
            objects: Objects::These(objects),
            detail: format!("a cache with {} entries", grouped(entries)),
            remarks: Vec::new(),
            next: Some(Next::retained_by(dump.address(first))),
            ..Sighting::default()
        });
    }
    Ok(found)
}
