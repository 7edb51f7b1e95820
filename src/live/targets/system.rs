//! Where the system shows its processes. A parameter, so that tests can show other ones.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The number of the user as whom this program acts.
pub fn own_user() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// The places that are looked at.
#[derive(Clone, Debug)]
pub struct System {
    /// The folder of processes.
    pub proc: PathBuf,
    /// The temporary folders of this program, in which processes leave their sockets.
    pub temporary: Vec<PathBuf>,
    /// How many ticks a second has in the times of processes.
    pub ticks_per_second: u64,
}

impl System {
    /// This machine.
    pub fn this_machine() -> System {
        let named = env::var_os("TMPDIR").filter(|folder| !folder.is_empty()).map(PathBuf::from);
        let mut temporary: Vec<PathBuf> = named.into_iter().chain([PathBuf::from("/tmp")]).collect();
        temporary.dedup();
        System {
            proc: PathBuf::from("/proc"),
            temporary,
            ticks_per_second: rustix::param::clock_ticks_per_second(),
        }
    }

    /// A file of a process.
    pub(super) fn file(&self, pid: u32, name: &str) -> PathBuf {
        self.proc.join(pid.to_string()).join(name)
    }

    /// The root folder of a process, seen from here.
    pub(super) fn root_of(&self, pid: u32) -> PathBuf {
        self.file(pid, "root")
    }

    /// The numbers of all processes, in order.
    pub(super) fn pids(&self) -> Vec<u32> {
        let entries = fs::read_dir(&self.proc).into_iter().flatten().flatten();
        let mut pids: Vec<u32> =
            entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
        pids.sort_unstable();
        pids
    }

    /// The moment that lies so many ticks after the boot; `None` where the system does not say when that was.
    pub(super) fn started(&self, ticks: u64) -> Option<SystemTime> {
        let stat = fs::read_to_string(self.proc.join("stat")).ok()?;
        let boot: u64 = stat.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()?;
        let milliseconds = u128::from(ticks) * 1000 / u128::from(self.ticks_per_second.max(1));
        let since_epoch = Duration::from_secs(boot) + Duration::from_millis(milliseconds.try_into().ok()?);
        UNIX_EPOCH.checked_add(since_epoch)
    }

    /// What this program's own link of this name in the folder of processes points to: its namespace or root.
    pub(super) fn own_link(&self, name: &str) -> Option<PathBuf> {
        fs::read_link(self.proc.join("self").join(name)).ok()
    }

    /// What a process's link of this name points to.
    pub(super) fn link(&self, pid: u32, name: &str) -> Option<PathBuf> {
        fs::read_link(self.file(pid, name)).ok()
    }

    /// Whether a path is the same folder for this program and all who see its files.
    pub(super) fn is_temporary(&self, folder: &Path) -> bool {
        self.temporary.iter().any(|known| known == folder)
    }
}
