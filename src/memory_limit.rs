//! How much memory a statement may take for what it holds: what the user allows, else a share of what is available on
//! this machine and in this container.
//!
//! Linux tells both: `MemAvailable` in `/proc/meminfo` (Documentation/filesystems/proc.rst), and the files of the
//! memory controller of cgroups, version 2 (Documentation/admin-guide/cgroup-v2.rst) and version 1
//! (Documentation/admin-guide/cgroup-v1/memory.rst). Elsewhere nothing is known, and nothing is limited.

use std::fs;
use std::path::Path;

/// Numerator and denominator of the share of the available memory that a statement may take: the rest is for the
/// pages of the dump, which are read while the statement works, and for other programs.
const SHARE: (u64, u64) = (3, 4);

/// From here on a limit of version 1 means none: the kernel writes the largest multiple of the page size.
const NO_LIMIT: u64 = 1 << 60;

/// How much memory a statement may take beyond the dump, the objects and the graph.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MemoryLimit {
    /// Three quarters of what is available when the statement first needs much.
    #[default]
    Available,
    /// So many bytes.
    Bytes(u64),
}

impl MemoryLimit {
    /// The bytes that may be taken from now on; `None` where the machine does not tell.
    pub fn bytes(self) -> Option<u64> {
        match self {
            MemoryLimit::Bytes(bytes) => Some(bytes),
            MemoryLimit::Available => available(Path::new("/")).map(share),
        }
    }
}

fn share(available: u64) -> u64 {
    available / SHARE.1 * SHARE.0
}

/// The bytes that can be taken without swapping and without exceeding the limit of a cgroup; `root` is the root of
/// the file system.
fn available(root: &Path) -> Option<u64> {
    let of_machine = fs::read_to_string(root.join("proc/meminfo")).ok();
    let of_machine = of_machine.and_then(|text| Some(entry(&text, "MemAvailable:")? << 10));
    let groups = fs::read_to_string(root.join("proc/self/cgroup")).unwrap_or_default();
    let of_groups = groups.lines().filter_map(|line| {
        let mut parts = line.splitn(3, ':').skip(1);
        let (controllers, path) = (parts.next()?, parts.next()?);
        match controllers {
            "" => left_in_groups(&root.join("sys/fs/cgroup"), path, &VERSION_2),
            _ if controllers.split(',').any(|name| name == "memory") => {
                left_in_groups(&root.join("sys/fs/cgroup/memory"), path, &VERSION_1)
            }
            _ => None,
        }
    });
    of_groups.chain(of_machine).min()
}

/// The files of a memory controller, and the entries of its statistics that count pages of files: those are given
/// up before anything is killed.
struct Controller {
    limit: &'static str,
    usage: &'static str,
    file_pages: [&'static str; 2],
}

const VERSION_2: Controller = Controller {
    limit: "memory.max",
    usage: "memory.current",
    file_pages: ["inactive_file ", "active_file "],
};

const VERSION_1: Controller = Controller {
    limit: "memory.limit_in_bytes",
    usage: "memory.usage_in_bytes",
    file_pages: ["total_inactive_file ", "total_active_file "],
};

/// What is left in a group and in all groups around it, each of which may have a limit; `None` when none has. In a
/// container the path may be one of the host's, and the container's own group is then what `mount` shows.
fn left_in_groups(mount: &Path, path: &str, files: &Controller) -> Option<u64> {
    let path = Path::new(path.trim_start_matches('/'));
    path.ancestors().filter_map(|group| left_in(&mount.join(group), files)).min()
}

fn left_in(group: &Path, files: &Controller) -> Option<u64> {
    let number = |name| fs::read_to_string(group.join(name)).ok()?.trim().parse::<u64>().ok();
    let limit = number(files.limit).filter(|&limit| limit < NO_LIMIT)?;
    let statistics = fs::read_to_string(group.join("memory.stat")).unwrap_or_default();
    let given_up: u64 = files.file_pages.iter().filter_map(|name| entry(&statistics, name)).sum();
    let used = number(files.usage).unwrap_or(0).saturating_sub(given_up);
    Some(limit.saturating_sub(used))
}

/// The number behind a name at the beginning of a line.
fn entry(text: &str, name: &str) -> Option<u64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    rest.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEMINFO: &str = "MemTotal:       16000000 kB\nMemAvailable:    8000000 kB\n";

    fn root(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    fn left(files: &[(&str, &str)]) -> Option<u64> {
        available(root(files).path())
    }

    #[test]
    fn without_groups_the_machine_decides() {
        assert_eq!(left(&[("proc/meminfo", MEMINFO)]), Some(8_000_000 << 10));
        assert_eq!(left(&[]), None);
        let (v2, unlimited) = ("proc/self/cgroup", "sys/fs/cgroup/a/memory.max");
        assert_eq!(
            left(&[("proc/meminfo", MEMINFO), (v2, "0::/a\n"), (unlimited, "max\n")]),
            Some(8_192_000_000)
        );
    }

    #[test]
    fn the_tightest_group_decides_and_pages_of_files_do_not_count() {
        let files = [
            ("proc/meminfo", MEMINFO),
            ("proc/self/cgroup", "0::/pod/app\n"),
            ("sys/fs/cgroup/pod/memory.max", "1000000\n"),
            ("sys/fs/cgroup/pod/memory.current", "700000\n"),
            ("sys/fs/cgroup/pod/memory.stat", "anon 5\ninactive_file 300000\nactive_file 100000\n"),
            ("sys/fs/cgroup/pod/app/memory.max", "max\n"),
        ];
        assert_eq!(left(&files), Some(700_000));
    }

    #[test]
    fn the_older_version_is_read_at_its_mount_when_the_path_is_the_hosts() {
        let files = [
            ("proc/self/cgroup", "4:cpu:/x\n3:memory,hugetlb:/docker/1234\n"),
            ("sys/fs/cgroup/memory/memory.limit_in_bytes", "5000\n"),
            ("sys/fs/cgroup/memory/memory.usage_in_bytes", "6000\n"),
            ("sys/fs/cgroup/memory/memory.stat", "total_inactive_file 2500\n"),
        ];
        assert_eq!(left(&files), Some(1500));
        let unlimited = [files[0], ("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n")];
        assert_eq!(left(&unlimited), None);
    }

    #[test]
    fn what_the_user_says_is_taken_whole() {
        assert_eq!(MemoryLimit::Bytes(5).bytes(), Some(5));
        assert_eq!(share(1000), 750);
    }
}
