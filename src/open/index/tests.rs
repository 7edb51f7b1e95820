//! Indexes of synthetic dumps in folders of all sorts.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use super::*;
use crate::graph::ObjectId;
use crate::open::{OpenOptions, Opened, open as open_dump};
use crate::progress::NoProgress;
use crate::synth::{Family, RandomHeap};

static GO_ON: AtomicBool = AtomicBool::new(false);

/// A folder with a dump, and one for what cannot lie beside it.
struct Shelf {
    folder: tempfile::TempDir,
    options: OpenOptions,
}

fn core(seed: u64) -> Vec<u8> {
    RandomHeap { family: Family::V10_0, ..RandomHeap::new(seed, 300) }.process().dump().core().build()
}

impl Shelf {
    fn new() -> Shelf {
        let folder = tempfile::tempdir().unwrap();
        let index = IndexOptions { folder: Some(folder.path().join("cache")) };
        let shelf = Shelf { options: OpenOptions { index: Some(index), ..OpenOptions::default() }, folder };
        fs::write(shelf.dump(), core(1)).unwrap();
        shelf
    }

    fn dump(&self) -> PathBuf {
        self.folder.path().join("app.core")
    }

    fn beside(&self) -> PathBuf {
        self.folder.path().join("app.core.hqlx")
    }

    fn open(&self) -> Opened {
        self.open_at(&self.dump())
    }

    fn open_at(&self, dump: &Path) -> Opened {
        open_dump(dump, &self.options, &NoProgress).unwrap()
    }

    /// Opens the dump, builds everything and writes the index.
    fn save(&self) -> Saved {
        let opened = self.open();
        build(&opened);
        file(&opened).save(&opened.snapshot, &GO_ON).unwrap()
    }

    /// The names in the dump's folder, the dump and the cache folder aside.
    fn others(&self) -> Vec<String> {
        let names =
            fs::read_dir(self.folder.path()).unwrap().flatten().map(|e| e.file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|name| name != "app.core" && name != "cache").collect();
        names.sort();
        names
    }
}

fn file(opened: &Opened) -> &IndexFile {
    opened.index.as_ref().unwrap()
}

fn build(opened: &Opened) {
    for part in Part::ALL.into_iter().rev() {
        part.build(&opened.snapshot, &NoProgress).unwrap();
    }
}

/// All that an index may change about what a dump tells.
fn story(opened: &Opened) -> String {
    let snapshot = &opened.snapshot;
    let heap = snapshot.heap(&NoProgress).unwrap();
    let (references, referrers) =
        (snapshot.references(&NoProgress).unwrap(), snapshot.referrers(&NoProgress).unwrap());
    let dominators = snapshot.dominators(&NoProgress).unwrap();
    let mut story = format!("{:?} {:?} {:?}\n", heap.types.all(), heap.free_bytes, heap.problems);
    for id in (0..heap.objects.len() as u32).map(ObjectId) {
        let (block, row) = heap.objects.locate(id).unwrap();
        let block = &heap.objects.blocks()[block];
        story.push_str(&format!(
            "{} {} {:?} {:?} {:?} {:?} {} {}\n",
            block.address(row),
            block.size(row),
            block.types[row],
            references.forward.of(id),
            referrers.of(id),
            dominators.of(id),
            dominators.retained(id),
            dominators.is_reachable(id),
        ));
    }
    story
}

fn told(opened: &Opened) -> String {
    file(opened).problems().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_dump_tells_the_same_with_an_index() {
    let shelf = Shelf::new();
    let expected = story(&shelf.open());
    assert!(expected.lines().count() > 100);
    let saved = shelf.save();
    assert_eq!((&saved.path, &saved.parts[..]), (&shelf.beside(), &Part::ALL[..]));
    assert_eq!(saved.length, fs::metadata(&saved.path).unwrap().len());
    assert!(saved.problems.is_empty());
    assert_eq!(shelf.others(), ["app.core.hqlx"]);
    let opened = shelf.open();
    assert_eq!(story(&opened), expected);
    assert!(
        file(&opened).is_whole(&opened.snapshot) && !file(&opened).lacks_what_was_built(&opened.snapshot)
    );
    assert_eq!(opened.snapshot.dominators(&NoProgress).unwrap().owned_bytes(), 0, "it was mapped");
    assert_eq!(told(&opened), "");
}

#[test]
fn an_index_grows_by_what_is_built_later() {
    let shelf = Shelf::new();
    let first = shelf.open();
    first.snapshot.heap(&NoProgress).unwrap();
    assert!(!file(&first).lacks_what_was_built(&first.snapshot), "a histogram alone writes nothing");
    first.snapshot.referrers(&NoProgress).unwrap();
    assert!(file(&first).lacks_what_was_built(&first.snapshot));
    let saved = file(&first).save(&first.snapshot, &GO_ON).unwrap();
    assert_eq!(saved.parts, [Part::Heap, Part::References, Part::Referrers]);
    let second = shelf.open();
    second.snapshot.references(&NoProgress).unwrap();
    assert!(!file(&second).lacks_what_was_built(&second.snapshot));
    second.snapshot.dominators(&NoProgress).unwrap();
    assert!(file(&second).lacks_what_was_built(&second.snapshot));
    assert_eq!(file(&second).save(&second.snapshot, &GO_ON).unwrap().parts, Part::ALL);
}

#[test]
fn nothing_is_saved_of_a_heap_that_was_not_walked() {
    let shelf = Shelf::new();
    let opened = shelf.open();
    assert_eq!(file(&opened).save(&opened.snapshot, &GO_ON).unwrap_err().kind(), ErrorKind::NoHeap);
    assert_eq!(shelf.others(), [""; 0]);
}

#[test]
fn a_dump_in_the_place_of_another_has_no_index() {
    let shelf = Shelf::new();
    shelf.save();
    fs::write(shelf.dump(), core(2)).unwrap();
    let opened = shelf.open();
    assert!(file(&opened).found().is_none());
    assert!(
        told(&opened)
            .ends_with("app.core.hqlx is not used, and will be made anew: it was made of another dump")
    );
    build(&opened);
    file(&opened).save(&opened.snapshot, &GO_ON).unwrap();
    let expected = story(&opened);
    let again = shelf.open();
    assert_eq!((story(&again), told(&again)), (expected, String::new()));
}

#[test]
fn a_copy_of_dump_and_index_is_as_good() {
    let shelf = Shelf::new();
    shelf.save();
    let copy = shelf.folder.path().join("copy.core");
    fs::copy(shelf.dump(), &copy).unwrap();
    fs::copy(shelf.beside(), shelf.folder.path().join("copy.core.hqlx")).unwrap();
    let opened = shelf.open_at(&copy);
    assert_eq!(
        file(&opened).found().map(|(path, _)| path.file_name()),
        Some(Some("copy.core.hqlx".as_ref()))
    );
}

#[test]
fn a_damaged_part_is_told_built_anew_and_replaced() {
    let shelf = Shelf::new();
    let expected = story(&shelf.open());
    shelf.save();
    let whole = fs::read(shelf.beside()).unwrap();
    // Large enough to lie in a column, whatever the alignment.
    let mut damaged = whole.clone();
    let middle = damaged.len() / 2;
    damaged[middle..middle + 128].fill(0xa5);
    fs::write(shelf.beside(), &damaged).unwrap();
    let opened = shelf.open();
    assert_eq!(told(&opened), "", "parts are looked at when they are needed");
    assert_eq!(story(&opened), expected);
    assert!(told(&opened).contains("is damaged"), "{}", told(&opened));
    assert!(
        file(&opened).lacks_what_was_built(&opened.snapshot) || !file(&opened).is_whole(&opened.snapshot)
    );
    file(&opened).save(&opened.snapshot, &GO_ON).unwrap();
    assert_eq!(fs::read(shelf.beside()).unwrap(), whole);
}

#[test]
fn what_is_no_index_is_left_alone() {
    let shelf = Shelf::new();
    fs::write(shelf.beside(), "my notes").unwrap();
    let saved = shelf.save();
    assert_eq!(fs::read_to_string(shelf.beside()).unwrap(), "my notes");
    assert_eq!(saved.path.parent(), Some(&*shelf.folder.path().join("cache")));
    assert!(
        saved.problems[0].message.ends_with("a file that is no index stands there"),
        "{:?}",
        saved.problems
    );
    let opened = shelf.open();
    assert_eq!(file(&opened).found().map(|(path, _)| path), Some(&*saved.path));
    assert!(told(&opened).ends_with("where a file that is no index stands"), "{}", told(&opened));
}

#[cfg(unix)]
#[test]
fn a_link_is_not_followed() {
    let shelf = Shelf::new();
    let target = shelf.folder.path().join("target");
    fs::write(&target, "").unwrap();
    std::os::unix::fs::symlink(&target, shelf.beside()).unwrap();
    let saved = shelf.save();
    assert_ne!(saved.path, shelf.beside());
    assert_eq!(fs::metadata(&target).unwrap().len(), 0);
}

#[test]
fn an_empty_file_is_replaced() {
    let shelf = Shelf::new();
    fs::write(shelf.beside(), "").unwrap();
    assert_eq!(shelf.save().path, shelf.beside());
}

#[test]
fn a_folder_that_cannot_be_written_sends_the_index_to_the_cache() {
    // Tests may run as root, who can write everywhere but below a file.
    let shelf = Shelf::new();
    let opened = shelf.open();
    build(&opened);
    let below_a_file = shelf.dump().join("app.core");
    let mut options = IndexOptions { folder: Some(shelf.folder.path().join("cache")) };
    let runtime = opened.runtime.as_ref().unwrap();
    let nowhere = IndexFile::find(&below_a_file, runtime, &options).unwrap();
    let saved = nowhere.save(&opened.snapshot, &GO_ON).unwrap();
    assert_eq!((saved.problems.len(), saved.path.parent()), (1, options.folder.as_deref()));
    assert!(IndexFile::find(&below_a_file, runtime, &options).unwrap().found().is_some());
    // Nor can the cache folder.
    options.folder = Some(below_a_file.clone());
    let nowhere = IndexFile::find(&below_a_file, runtime, &options).unwrap();
    let error = nowhere.save(&opened.snapshot, &GO_ON).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.hint_text().unwrap().contains("--cache"));
}

#[test]
fn a_stopped_writing_leaves_nothing() {
    let shelf = Shelf::new();
    let opened = shelf.open();
    build(&opened);
    assert!(file(&opened).save(&opened.snapshot, &AtomicBool::new(true)).is_err());
    assert_eq!(shelf.others(), [""; 0]);
}

#[test]
fn writers_at_once_do_no_harm() {
    let shelf = Shelf::new();
    let opened = shelf.open();
    let expected = story(&opened);
    build(&opened);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5 {
                    file(&opened).save(&opened.snapshot, &GO_ON).unwrap();
                    let read = shelf.open();
                    assert_eq!((story(&read), told(&read)), (expected.clone(), String::new()));
                }
            });
        }
    });
    assert_eq!(shelf.others(), ["app.core.hqlx"]);
}

#[cfg(unix)]
#[test]
fn who_may_read_the_dump_may_read_its_index() {
    use std::os::unix::fs::PermissionsExt;
    for (of_dump, of_index) in [(0o600, 0o600), (0o644, 0o644), (0o440, 0o640)] {
        let shelf = Shelf::new();
        fs::set_permissions(shelf.dump(), fs::Permissions::from_mode(of_dump)).unwrap();
        shelf.save();
        assert_eq!(fs::metadata(shelf.beside()).unwrap().permissions().mode() & 0o777, of_index);
    }
}
