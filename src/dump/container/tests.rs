//! Opening files of every packing, whole, cut off and damaged.

use std::fs;
use std::io::Write;
use std::sync::Mutex;

use crate::problem::Severity;
use crate::progress::NoProgress;

use super::*;

const MEBIBYTE: usize = 1 << 20;

/// Bytes that no compressor makes much smaller, the same at every run (a xorshift generator).
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// What a dump looks like from far: some bytes, a large hole, some bytes again.
fn dump_like() -> Vec<u8> {
    let mut bytes = noise(300_000);
    bytes.resize(bytes.len() + 3 * MEBIBYTE, 0);
    bytes.extend_from_slice(&noise(100_001));
    bytes
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).expect("an encoder");
    encoder.include_checksum(true).expect("a checksum");
    encoder.write_all(bytes).expect("compressing");
    encoder.finish().expect("the end of the frame")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("compressing");
    encoder.finish().expect("the end of the member")
}

fn lz4(bytes: &[u8]) -> Vec<u8> {
    let info = lz4_flex::frame::FrameInfo::new()
        .block_size(lz4_flex::frame::BlockSize::Max64KB)
        .content_checksum(true);
    let mut encoder = lz4_flex::frame::FrameEncoder::with_frame_info(info, Vec::new());
    encoder.write_all(bytes).expect("compressing");
    encoder.finish().expect("the end of the frame")
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(0);
    let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), options).expect("an encoder");
    encoder.write_all(bytes).expect("compressing");
    encoder.finish().expect("the end of the stream")
}

/// A crash report whose core is `packed`, some bytes of it on each line.
fn report(packed: &[u8]) -> Vec<u8> {
    use base64::Engine;
    let encode = |line: &[u8]| format!(" {}\n", base64::engine::general_purpose::STANDARD.encode(line));
    let core: String = packed.chunks(50_000).map(encode).collect();
    format!("ProblemType: Crash\nExecutablePath: /app/zoo\nCoreDump: base64\n{core}Uname: Linux\n")
        .into_bytes()
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().expect("a temporary folder"))
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).expect("writing a file");
        path
    }
}

/// Opens with no more than 64 KiB in memory, so that nearly all goes by the temporary file.
fn open_by_file(path: &Path) -> Result<Contents> {
    open(path, &ContainerOptions { in_memory: 64 << 10, ..Default::default() }, &NoProgress)
}

fn open_bytes(bytes: &[u8]) -> Result<Contents> {
    open_by_file(&Folder::new().file("dump", bytes))
}

#[track_caller]
fn assert_whole(contents: &Contents, compression: Compression, bytes: &[u8]) {
    assert_eq!(contents.compression, compression);
    assert_eq!(contents.problems, []);
    assert!(*contents.bytes == *bytes, "{} bytes, expected {}", contents.bytes.len(), bytes.len());
}

/// The kept bytes must be the first ones, and the loss told with the words `told`.
#[track_caller]
fn assert_partial(contents: &Contents, bytes: &[u8], at_least: usize, told: &str) {
    let [problem] = &contents.problems[..] else { panic!("one problem expected: {:?}", contents.problems) };
    assert_eq!(problem.severity, Severity::Loss);
    assert!(problem.message.contains(told), "{}", problem.message);
    assert!(contents.bytes.len() >= at_least, "only {} bytes kept", contents.bytes.len());
    assert!(contents.bytes.len() < bytes.len());
    assert!(bytes.starts_with(&contents.bytes));
}

#[test]
fn a_plain_file_is_mapped_as_it_is() {
    let bytes = dump_like();
    let contents = open_bytes(&bytes).expect("opening");
    assert_whole(&contents, Compression::None, &bytes);
    assert!(matches!(contents.bytes, Mapped::File(_)));
}

#[test]
fn packed_files_are_told_by_content_and_unpacked() {
    let bytes = dump_like();
    let folder = Folder::new();
    for (name, packed, compression) in [
        ("a.gz", zstd(&bytes), Compression::Zstd),
        ("b.zst", gzip(&bytes), Compression::Gzip),
        ("core.zoo.lz4", lz4(&bytes), Compression::Lz4),
        ("core.zoo", xz(&bytes), Compression::Xz),
        ("_app_zoo.0.crash", report(&gzip(&bytes)), Compression::Apport),
        ("_app_zoo.1.crash", report(&zstd(&bytes)), Compression::Apport),
    ] {
        let contents = open_by_file(&folder.file(name, &packed)).expect("opening");
        assert_whole(&contents, compression, &bytes);
        assert!(matches!(contents.bytes, Mapped::File(_)));
    }
}

#[test]
fn what_is_small_stays_in_memory() {
    let bytes = noise(5000);
    let contents = open_bytes(&zstd(&bytes)).expect("opening");
    assert_whole(&contents, Compression::Zstd, &bytes);
    assert!(matches!(contents.bytes, Mapped::Memory(_)));
}

#[test]
fn a_zstd_window_of_128_mib_is_read() {
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).expect("an encoder");
    encoder.long_distance_matching(true).expect("long distance matching");
    encoder.window_log(27).expect("a window");
    let block = noise(MEBIBYTE);
    let zeros = vec![0; 16 * MEBIBYTE];
    // The second copy is found only by a window that reaches over the zeros.
    for part in [&block, &zeros, &block] {
        encoder.write_all(part).expect("compressing");
    }
    let packed = encoder.finish().expect("the end of the frame");
    assert!(packed.len() < 2 * MEBIBYTE, "{} bytes: the window was not used", packed.len());
    let contents = open_bytes(&packed).expect("opening");
    assert_whole(&contents, Compression::Zstd, &[&block[..], &zeros, &block].concat());
}

#[test]
fn several_zstd_frames_and_skippable_ones_are_one_file() {
    let (first, second) = (dump_like(), noise(70_000));
    let skippable = [&[0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0][..], b"skip"].concat();
    let packed = [&skippable[..], &zstd(&first), &skippable, &zstd(&second), &skippable].concat();
    let contents = open_bytes(&packed).expect("opening");
    assert_whole(&contents, Compression::Zstd, &[first, second].concat());
}

#[test]
fn several_gzip_members_are_one_file() {
    let (first, second) = (dump_like(), noise(70_000));
    let contents = open_bytes(&[gzip(&first), gzip(&second)].concat()).expect("opening");
    assert_whole(&contents, Compression::Gzip, &[first, second].concat());
}

#[test]
fn a_cut_off_file_keeps_what_was_unpacked() {
    let bytes = dump_like();
    for packed in [zstd(&bytes), gzip(&bytes), lz4(&bytes), report(&gzip(&bytes))] {
        // All but the last frame's or member's end, which is where the noise at the end stands.
        let cut = packed.len() - 50_000;
        let contents = open_bytes(&packed[..cut]).expect("opening");
        assert_partial(&contents, &bytes, 200_000, "the compressed file ends early");
    }
    // Xz decodes a block when all of it is there.
    let packed = xz(&bytes);
    let contents = open_bytes(&packed[..packed.len() - 50_000]).expect("opening");
    assert_partial(&contents, &bytes, 200_000, "the rest is missing");
}

#[test]
fn a_cut_between_two_frames_headers_is_told_too() {
    let bytes = noise(70_000);
    for (packed, magic) in [(zstd(&bytes), 3), (gzip(&bytes), 5)] {
        let twice = [&packed[..], &packed[..magic]].concat();
        let contents = open_bytes(&twice).expect("opening");
        assert_eq!(contents.problems.len(), 1, "{:?}", contents.problems);
        assert!(*contents.bytes == *bytes);
    }
}

#[test]
fn a_damaged_file_keeps_what_was_unpacked_before() {
    let bytes = dump_like();
    for (mut packed, at_least) in [(zstd(&bytes), 100_000), (gzip(&bytes), 100_000)] {
        let at = packed.len() - 80_000;
        packed[at..at + 64].fill(0xff);
        let contents = open_bytes(&packed).expect("opening");
        assert!(contents.bytes.len() >= at_least);
        let [problem] = &contents.problems[..] else { panic!("{:?}", contents.problems) };
        assert_eq!(problem.severity, Severity::Loss);
        assert!(problem.message.contains("is damaged after"), "{}", problem.message);
    }
}

#[test]
fn a_wrong_checksum_is_told() {
    let bytes = noise(700_000);
    for (mut packed, from_end) in [(zstd(&bytes), 1), (gzip(&bytes), 8), (lz4(&bytes), 1)] {
        let at = packed.len() - from_end;
        packed[at] ^= 1;
        let contents = open_bytes(&packed).expect("opening");
        let [problem] = &contents.problems[..] else { panic!("{:?}", contents.problems) };
        assert!(problem.message.contains("is damaged after"), "{}", problem.message);
    }
}

#[test]
fn nothing_but_a_magic_number_is_an_error() {
    for packed in [&b"\x28\xb5\x2f\xfd"[..], b"\x1f\x8b\x08\0", b"\x28\xb5\x2f\xfd\xff\xff\xff\xff\xff\xff"] {
        let error = open_bytes(packed).expect_err("nothing to unpack");
        assert_eq!(error.kind(), ErrorKind::Malformed, "{error}");
        assert!(error.message().starts_with("no byte of the "), "{error}");
        assert!(error.hint_text().is_some());
    }
}

#[test]
fn a_file_of_nothing_but_an_empty_frame_is_no_dump() {
    for packed in [zstd(b""), gzip(b""), lz4(b"")] {
        let error = open_bytes(&packed).expect_err("an empty frame");
        assert_eq!(error.kind(), ErrorKind::NotADump, "{error}");
    }
}

#[test]
fn what_unpacks_to_too_much_is_refused() {
    let folder = Folder::new();
    let path = folder.file("bomb", &zstd(&vec![0; 3 * MEBIBYTE]));
    let limit = |max_unpacked| ContainerOptions { max_unpacked, ..Default::default() };
    let error = open(&path, &limit(MEBIBYTE as u64), &NoProgress).expect_err("over the limit");
    assert_eq!(error.kind(), ErrorKind::Malformed);
    assert!(error.message().starts_with("unpacks to more than 1048576 bytes"), "{error}");
    let contents = open(&path, &limit(3 * MEBIBYTE as u64), &NoProgress).expect("at the limit");
    assert_eq!(contents.bytes.len(), 3 * MEBIBYTE);
}

#[test]
fn what_fills_the_disk_from_next_to_nothing_is_refused() {
    let folder = Folder::new();
    let cache = folder.0.path().join("cache");
    let bomb = |byte: u8| folder.file(&format!("bomb-{byte}"), &zstd(&vec![byte; 40 * MEBIBYTE]));
    for cache in [None, Some(cache.clone())] {
        let options = ContainerOptions { in_memory: 0, freely_stored: 0, cache, ..Default::default() };
        let error = open(&bomb(1), &options, &NoProgress).expect_err("a bomb");
        assert_eq!(error.kind(), ErrorKind::Malformed);
        assert!(error.message().contains("that are not zero"), "{error}");
        // Zeros become holes, which take nothing.
        assert_eq!(open(&bomb(0), &options, &NoProgress).expect("zeros").bytes.len(), 40 * MEBIBYTE);
    }
    let left = fs::read_dir(cache).expect("the cache").map(|entry| entry.expect("an entry").file_name());
    assert!(left.into_iter().all(|name| !name.to_string_lossy().starts_with('.')));
}

#[test]
fn a_report_whose_core_is_missing_or_of_another_kind_is_an_error() {
    let message = |bytes: &[u8]| open_bytes(bytes).expect_err("no core").to_string();
    assert!(message(b"ProblemType: Package\nTitle: x\n").contains("cannot read"));
    assert!(message(&report(b"BZh91AY&SY")).contains("cannot read"));
    assert!(message(&report(&report(b"endless"))).contains("cannot read"));
}

#[test]
fn an_xz_stream_that_asks_for_too_much_memory_is_refused() {
    let mut packed = xz(&noise(1000));
    // The block's header: size, flags, filter, size of its properties, the dictionary's size, padding, checksum.
    packed[16] = 40;
    let checksum = crc32(&packed[12..20]).to_le_bytes();
    packed[20..24].copy_from_slice(&checksum);
    let error = open_bytes(&packed).expect_err("4 GiB");
    assert!(format!("{error:?}").contains("memory"), "{error:?}");
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

#[test]
fn refused_packings_say_what_to_do() {
    let error = open_bytes(b"BZh91AY&SY").expect_err("bzip2");
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.hint_text().is_some_and(|hint| hint.contains("bzip2 -dk")));
}

#[test]
fn what_is_no_file_is_told_apart() {
    let folder = Folder::new();
    let error = open_by_file(&folder.0.path().join("absent")).expect_err("no such file");
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.message().starts_with("no such file: "), "{error}");

    let error = open_by_file(folder.0.path()).expect_err("a folder");
    assert_eq!(error.kind(), ErrorKind::NotADump);
    assert!(error.message().starts_with("not a file but a folder: "), "{error}");

    let error = open_bytes(b"").expect_err("an empty file");
    assert_eq!(error.kind(), ErrorKind::NotADump);
    assert!(error.message().starts_with("the file is empty: "), "{error}");
}

#[cfg(unix)]
#[test]
fn a_pipe_or_a_device_is_refused_without_waiting_for_it() {
    let folder = Folder::new();
    let pipe = folder.0.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo");
    assert!(made.success());
    let error = open_by_file(&pipe).expect_err("a pipe");
    assert_eq!(error.kind(), ErrorKind::NotADump);
    assert!(error.message().starts_with("not a file but a pipe: "), "{error}");

    let error = open_by_file(Path::new("/dev/null")).expect_err("a device");
    assert!(error.message().starts_with("not a file but a device or socket: "), "{error}");
}

#[test]
fn a_temporary_folder_that_is_not_there_is_named() {
    let folder = Folder::new();
    let path = folder.file("dump", &zstd(&dump_like()));
    let temporary = folder.0.path().join("absent");
    let options = ContainerOptions { temporary: Some(temporary.clone()), in_memory: 0, ..Default::default() };
    let error = open(&path, &options, &NoProgress).expect_err("nowhere to unpack to");
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.message().starts_with(&format!("cannot write to {}", temporary.display())), "{error}");
}

#[test]
fn unpacking_leaves_no_file_behind() {
    let folder = Folder::new();
    let path = folder.file("dump", &zstd(&dump_like()));
    let temporary = folder.0.path().join("temporary");
    fs::create_dir(&temporary).expect("a folder");
    let options = ContainerOptions { temporary: Some(temporary.clone()), in_memory: 0, ..Default::default() };
    let contents = open(&path, &options, &NoProgress).expect("opening");
    assert!(matches!(contents.bytes, Mapped::File(_)));
    // On Unix the file has no name from the start, so a killed program leaves nothing either.
    if cfg!(unix) {
        assert_eq!(fs::read_dir(&temporary).expect("the folder").count(), 0);
    }
}

#[derive(Default)]
struct Recorded(Mutex<(Option<u64>, u64, bool)>);

impl Progress for Recorded {
    fn begin(&self, _stage: &str, total: Option<u64>) {
        self.0.lock().expect("no panic while recording").0 = total;
    }
    fn advance(&self, bytes: u64) {
        self.0.lock().expect("no panic while recording").1 += bytes;
    }
    fn end(&self) {
        self.0.lock().expect("no panic while recording").2 = true;
    }
}

#[test]
fn progress_counts_the_compressed_bytes() {
    let packed = zstd(&dump_like());
    let path = Folder::new();
    let path = (path.file("dump", &packed), path);
    let recorded = Recorded::default();
    open(&path.0, &ContainerOptions::default(), &recorded).expect("opening");
    let (total, done, ended) = *recorded.0.lock().expect("no panic while recording");
    assert_eq!((total, done, ended), (Some(packed.len() as u64), packed.len() as u64, true));
}

mod cached {
    use super::*;

    fn with_cache(folder: &Folder) -> ContainerOptions {
        ContainerOptions { cache: Some(folder.0.path().join("cache")), ..Default::default() }
    }

    fn entries(options: &ContainerOptions) -> Vec<PathBuf> {
        let folder = options.cache.as_deref().expect("a cache");
        fs::read_dir(folder).expect("the cache").map(|entry| entry.expect("an entry").path()).collect()
    }

    /// Opens and returns the bytes and whether they had to be unpacked.
    fn open_and_watch(path: &Path, options: &ContainerOptions) -> (Contents, bool) {
        let recorded = Recorded::default();
        let contents = open(path, options, &recorded).expect("opening");
        let unpacked = recorded.0.lock().expect("no panic while recording").2;
        (contents, unpacked)
    }

    #[test]
    fn a_second_opening_uses_what_the_first_left() {
        let folder = Folder::new();
        let options = with_cache(&folder);
        let bytes = dump_like();
        let path = folder.file("dump", &zstd(&bytes));
        for expected in [true, false] {
            let (contents, unpacked) = open_and_watch(&path, &options);
            assert_whole(&contents, Compression::Zstd, &bytes);
            assert_eq!(unpacked, expected);
        }
        assert_eq!(entries(&options).len(), 1);
    }

    #[test]
    fn a_changed_file_is_unpacked_anew_and_its_old_entry_removed() {
        let folder = Folder::new();
        let options = with_cache(&folder);
        let path = folder.file("dump", &zstd(&dump_like()));
        open_and_watch(&path, &options);
        let before = entries(&options);
        let changed = noise(200_000);
        folder.file("dump", &gzip(&changed));
        let (contents, unpacked) = open_and_watch(&path, &options);
        assert_whole(&contents, Compression::Gzip, &changed);
        assert!(unpacked);
        let after = entries(&options);
        assert_eq!(after.len(), 1);
        assert_ne!(before, after);
    }

    #[test]
    fn a_rewrite_that_keeps_size_and_time_is_noticed_by_its_content() {
        let folder = Folder::new();
        let options = with_cache(&folder);
        let (old, new) = (noise(70_000), noise(70_008)[8..].to_vec());
        let path = folder.file("dump", &zstd(&old));
        let modified = fs::metadata(&path).and_then(|m| m.modified()).expect("a time");
        open_and_watch(&path, &options);
        folder.file("dump", &zstd(&new));
        File::options()
            .write(true)
            .open(&path)
            .and_then(|f| f.set_modified(modified))
            .expect("setting the time");
        let (contents, unpacked) = open_and_watch(&path, &options);
        assert_whole(&contents, Compression::Zstd, &new);
        assert!(unpacked);
    }

    #[test]
    fn a_file_that_is_cut_off_is_not_kept() {
        let folder = Folder::new();
        let options = with_cache(&folder);
        let bytes = dump_like();
        let packed = zstd(&bytes);
        let path = folder.file("dump", &packed[..packed.len() - 50_000]);
        for _ in 0..2 {
            let (contents, unpacked) = open_and_watch(&path, &options);
            assert_partial(&contents, &bytes, 200_000, "the compressed file ends early");
            assert!(unpacked);
        }
        assert_eq!(entries(&options), Vec::<PathBuf>::new());
    }

    #[test]
    fn other_dumps_entries_stay_and_abandoned_ones_go() {
        let folder = Folder::new();
        let options = with_cache(&folder);
        let first = folder.file("first", &zstd(&noise(70_000)));
        open_and_watch(&first, &options);
        let abandoned = folder.file("cache/.unpacking-old", b"half");
        let under_way = folder.file("cache/.unpacking-new", b"half");
        let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(3 * 24 * 3600);
        File::options()
            .write(true)
            .open(&abandoned)
            .and_then(|f| f.set_modified(long_ago))
            .expect("setting the time");
        let second = folder.file("second", &zstd(&noise(80_000)));
        open_and_watch(&second, &options);
        assert!(!abandoned.exists());
        assert!(under_way.exists());
        assert_eq!(entries(&options).len(), 3);
        assert!(!open_and_watch(&first, &options).1);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_the_place_of_an_entry_is_not_followed() {
        let folder = Folder::new();
        let options = with_cache(&folder);
        let path = folder.file("dump", &zstd(&noise(70_000)));
        open_and_watch(&path, &options);
        let entry = entries(&options).remove(0);
        let elsewhere = folder.file("elsewhere", b"forged");
        fs::remove_file(&entry).expect("removing the entry");
        std::os::unix::fs::symlink(&elsewhere, &entry).expect("a link");
        let (contents, unpacked) = open_and_watch(&path, &options);
        assert!(unpacked && contents.bytes.len() == 70_000);
        // It was replaced, not written through.
        assert_eq!(fs::read(&elsewhere).expect("the file"), b"forged");
        assert!(!entry.is_symlink());
    }

    #[test]
    fn a_plain_file_is_not_copied() {
        let folder = Folder::new();
        let options = with_cache(&folder);
        let path = folder.file("dump", &dump_like());
        assert!(!open_and_watch(&path, &options).1);
        assert!(!options.cache.expect("a cache").exists());
    }

    #[test]
    fn a_cache_that_cannot_be_made_is_a_note() {
        let folder = Folder::new();
        let in_the_way = folder.file("cache", b"a file");
        let bytes = noise(70_000);
        let path = folder.file("dump", &zstd(&bytes));
        let (contents, _) = open_and_watch(&path, &with_cache(&folder));
        assert!(*contents.bytes == *bytes);
        let [problem] = &contents.problems[..] else { panic!("{:?}", contents.problems) };
        assert_eq!(problem.severity, Severity::Note);
        assert!(problem.message.starts_with(&format!("the cache folder {}", in_the_way.display())));
    }

    #[cfg(unix)]
    #[test]
    fn what_is_kept_is_private_and_a_shared_folder_is_not_trusted() {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).expect("metadata").permissions().mode() & 0o777;
        let folder = Folder::new();
        let options = with_cache(&folder);
        let path = folder.file("dump", &zstd(&dump_like()));
        open_and_watch(&path, &options);
        let cache = options.cache.clone().expect("a cache");
        assert_eq!(mode(&cache), 0o700);
        assert_eq!(mode(&entries(&options)[0]), 0o600);

        fs::set_permissions(&cache, fs::Permissions::from_mode(0o777)).expect("permissions");
        let (contents, unpacked) = open_and_watch(&path, &options);
        assert!(unpacked);
        assert!(contents.problems[0].message.contains("others can write to it"), "{:?}", contents.problems);
    }
}
