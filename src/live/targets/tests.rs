//! Processes of a system that tests make up: a folder with files as `/proc` has them.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use tempfile::TempDir;

use super::*;

/// A system without processes, whose boot was 1,000 seconds after the epoch.
struct Fake {
    folder: TempDir,
    system: System,
}

/// A process of it.
struct Process<'a> {
    pid: u32,
    inner: u32,
    start: u64,
    arguments: &'a [&'a str],
    environment: &'a [&'a str],
    maps: &'a str,
    /// The namespace of its files.
    files: &'a str,
}

const OWN_FILES: &str = "mnt:[1]";

const SHOP: Process<'_> = Process {
    pid: 40,
    inner: 40,
    start: 500,
    arguments: &["/usr/bin/dotnet", "exec", "/app/Shop.dll", "--port", "80"],
    environment: &[],
    maps: "",
    files: OWN_FILES,
};

impl Fake {
    fn new() -> Fake {
        let folder = tempfile::tempdir().unwrap();
        let proc = folder.path().join("proc");
        fs::create_dir_all(proc.join("self/ns")).unwrap();
        fs::write(proc.join("stat"), "cpu 1 2 3\nbtime 1000\nprocesses 9\n").unwrap();
        symlink(OWN_FILES, proc.join("self/ns/mnt")).unwrap();
        symlink("/", proc.join("self/root")).unwrap();
        let temporary = folder.path().join("tmp");
        fs::create_dir(&temporary).unwrap();
        let system = System { proc, temporary: vec![temporary], ticks_per_second: 100 };
        Fake { folder, system }
    }

    fn path(&self, inner: &str) -> PathBuf {
        self.folder.path().join(inner)
    }

    fn add(&self, process: &Process<'_>) {
        let &Process { pid, inner, start, .. } = process;
        let folder = self.system.proc.join(pid.to_string());
        fs::create_dir_all(folder.join("ns")).unwrap();
        let zeros = "0 ".repeat(18);
        let write = |name: &str, text: String| fs::write(folder.join(name), text).unwrap();
        write("stat", format!("{pid} (dotnet) S {zeros}{start} 0 0\n"));
        let namespaces = if inner == pid { format!("{pid}") } else { format!("{pid}\t{inner}") };
        write(
            "status",
            format!(
                "Name:\tdotnet\nUid:\t7\t1000\t7\t7\nNSpid:\t{namespaces}\nVmRSS:\t  2048 kB\nVmData:\t 9000 kB\n"
            ),
        );
        let zero_ended = |parts: &[&str]| parts.iter().map(|part| format!("{part}\0")).collect::<String>();
        write("cmdline", zero_ended(process.arguments));
        write("environ", zero_ended(process.environment));
        write("maps", process.maps.to_owned());
        symlink(process.files, folder.join("ns/mnt")).unwrap();
        if process.files == OWN_FILES {
            symlink("/", folder.join("root")).unwrap();
        } else {
            let root = self.path(&format!("root-{pid}"));
            fs::create_dir_all(root.join("tmp")).unwrap();
            symlink(root, folder.join("root")).unwrap();
        }
    }

    /// Makes a socket; it stays as a file when its listener is dropped.
    fn socket(&self, folder: &str, pid: u32, start: u64) -> PathBuf {
        let path = self.path(folder).join(format!("dotnet-diagnostic-{pid}-{start}-socket"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        UnixListener::bind(&path).unwrap();
        path
    }
}

#[test]
fn a_process_is_known_by_its_socket() {
    let fake = Fake::new();
    fake.add(&SHOP);
    let socket = fake.socket("tmp", 40, 500);
    let found = discover(&fake.system);
    let [shop] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((shop.pid, shop.name.as_str(), shop.user), (40, "Shop", Some(1000)));
    assert_eq!(shop.command_line, "/usr/bin/dotnet exec /app/Shop.dll --port 80");
    assert_eq!(shop.socket, Ok(socket));
    assert_eq!(shop.started, Some(UNIX_EPOCH + Duration::from_secs(1005)));
    assert_eq!((shop.working_set, shop.private_bytes), (Some(2048 << 10), Some(9000 << 10)));
    assert!(shop.same_files && shop.is_running(&fake.system));
    assert_eq!(shop.temporary_folder(), fake.path("tmp"));
    assert_eq!(shop.seen_from_here(Path::new("/dumps/a")), Path::new("/dumps/a"));
}

#[test]
fn sockets_that_were_left_behind_are_nobodys() {
    let fake = Fake::new();
    fake.add(&SHOP);
    fake.socket("tmp", 40, 499);
    fake.socket("tmp", 41, 500);
    assert_eq!(discover(&fake.system), []);
    fs::write(fake.path("tmp/dotnet-diagnostic-40-500-socket"), "a file").unwrap();
    assert_eq!(discover(&fake.system), []);
}

#[test]
fn a_container_is_looked_into_under_its_own_number() {
    let fake = Fake::new();
    fake.add(&Process { inner: 1, files: "mnt:[2]", ..SHOP });
    let real = fake.socket("root-40/tmp", 1, 500);
    let shop = target(&fake.system, 40).unwrap();
    let root = fake.path("proc/40").join("root");
    let seen = root.join("tmp").join(real.file_name().unwrap());
    assert_eq!(shop.socket, Ok(seen));
    assert!(!shop.same_files);
    assert_eq!(shop.temporary_folder(), Path::new("/tmp"));
    assert_eq!(shop.seen_from_here(Path::new("/var/a")), root.join("var").join("a"));
}

#[test]
fn the_environment_names_another_folder() {
    let fake = Fake::new();
    let variable = format!("TMPDIR={}", fake.path("elsewhere").display());
    fake.add(&Process { environment: &["A=b", &variable], ..SHOP });
    let socket = fake.socket("elsewhere", 40, 500);
    assert_eq!(target(&fake.system, 40).unwrap().socket, Ok(socket));
    fake.add(&Process { pid: 50, inner: 2, files: "mnt:[2]", environment: &["TMPDIR=/var/t"], ..SHOP });
    fake.socket("root-50/var/t", 2, 500);
    let in_container = target(&fake.system, 50).unwrap();
    assert_eq!(in_container.temporary_folder(), Path::new("/var/t"));
}

const CORECLR_8: &str = "7f00-7f01 r--p 00000000 fe:00 1  [heap]\n\
    7f91-7f92 r--p 00000000 fe:00 1   /usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.4/libcoreclr.so\n";
const CORECLR_2: &str =
    "7f91-7f92 r--p 0 fe:00 1   /usr/share/dotnet/shared/Microsoft.NETCore.App/2.1.30/libcoreclr.so\n";

/// The error of talking to a process without a socket, with its hint.
fn refusal(process: &Process<'_>) -> String {
    let fake = Fake::new();
    fake.add(process);
    let target = target(&fake.system, process.pid).unwrap();
    let error = target.reachable_socket().unwrap_err();
    assert_eq!(error.kind(), crate::ErrorKind::Process);
    format!("{error}\n{}", error.hint_text().unwrap())
}

#[test]
fn a_process_without_a_socket_says_why() {
    let told = refusal(&Process { maps: CORECLR_2, ..SHOP });
    assert!(
        told.starts_with("Shop (process 40) cannot be reached: .NET Core 2.1.30 has no diagnostic socket"),
        "{told}"
    );
    assert!(told.contains("gcore 40") && told.contains("COMPlus_DbgEnableMiniDump=1"), "{told}");
    let off = ["DOTNET_EnableDiagnostics=0"];
    let told = refusal(&Process { maps: CORECLR_8, environment: &off, ..SHOP });
    assert!(told.contains("switched off by DOTNET_EnableDiagnostics=0\nstart it without"), "{told}");
    assert!(told.contains("DOTNET_DbgEnableMiniDump=1"), "{told}");
    let on = ["DOTNET_EnableDiagnostics=1"];
    let told = refusal(&Process { maps: CORECLR_8, environment: &on, ..SHOP });
    assert!(told.contains("is not in its temporary folder") && told.contains("/tmp"), "{told}");
}

#[test]
fn a_missing_createdump_is_noticed() {
    let fake = Fake::new();
    let folder = fake.path("shared/Microsoft.NETCore.App/8.0.4");
    fs::create_dir_all(&folder).unwrap();
    let maps = format!("7f91-7f92 r--p 00000000 fe:00 1   {}/libcoreclr.so\n", folder.display());
    fake.add(&Process { maps: &maps, ..SHOP });
    let shop = target(&fake.system, 40).unwrap();
    assert_eq!(shop.runtime_by_path.as_deref(), Some("8.0.4"));
    assert_eq!(shop.folder_without_createdump(), Some(folder.clone()));
    fs::write(folder.join("createdump"), "").unwrap();
    assert_eq!(shop.folder_without_createdump(), None);
    // A single-file program has no runtime's library: createdump is looked for beside the program.
    let program = fake.path("app");
    fs::create_dir(&program).unwrap();
    fake.add(&Process { pid: 41, inner: 41, ..SHOP });
    symlink(program.join("Shop"), fake.path("proc/41/exe")).unwrap();
    fake.socket("tmp", 41, 500);
    assert_eq!(target(&fake.system, 41).unwrap().folder_without_createdump(), Some(program));
}

#[test]
fn processes_without_a_runtime_are_not_listed() {
    let fake = Fake::new();
    fake.add(&Process {
        arguments: &["/bin/sleep", "9"],
        maps: "7f00-7f01 r--p 0 fe:00 1 /lib/libc.so\n",
        ..SHOP
    });
    assert_eq!(discover(&fake.system), []);
}

#[test]
fn a_process_that_ended_does_not_run() {
    let fake = Fake::new();
    fake.add(&SHOP);
    fake.socket("tmp", 40, 500);
    let shop = target(&fake.system, 40).unwrap();
    let stat = fake.path("proc/40/stat");
    let text = fs::read_to_string(&stat).unwrap();
    fs::write(&stat, text.replace(") S ", ") Z ")).unwrap();
    assert!(!shop.is_running(&fake.system));
    fs::write(&stat, text.replace(" 500 ", " 900 ")).unwrap();
    assert!(!shop.is_running(&fake.system), "another process has the number now");
    fs::remove_dir_all(fake.path("proc/40")).unwrap();
    assert!(!shop.is_running(&fake.system));
}

/// Three shops, of which one is called so.
fn three_shops() -> Fake {
    let fake = Fake::new();
    let programs: [&[&str]; 3] =
        [&["/app/Shop"], &["/app/ShopFeeder", "--all"], &["dotnet", "/srv/shop/Stock.dll"]];
    for (pid, arguments) in (41..).zip(programs) {
        fake.add(&Process { pid, inner: pid, arguments, ..SHOP });
        fake.socket("tmp", pid, 500);
    }
    fake
}

#[test]
fn a_target_is_chosen_by_number_name_or_a_part() {
    let fake = three_shops();
    let chosen = |text: &str| choose(&fake.system, text).unwrap().pid;
    assert_eq!(
        [chosen("43"), chosen("shop"), chosen("feeder"), chosen("STOCK"), chosen("--all")],
        [43, 41, 42, 43, 42]
    );
}

#[test]
fn a_choice_that_is_none_is_told() {
    let fake = three_shops();
    fake.add(&Process { pid: 60, arguments: &["/bin/sleep", "9"], ..SHOP });
    let refused = |text: &str| {
        let error = choose(&fake.system, text).unwrap_err();
        format!("{error}\n{}", error.hint_text().unwrap())
    };
    assert_eq!(
        refused("shops"),
        "no .NET process has `shops` in its name or command line\nthere are 41 (Shop), 42 (ShopFeeder), 43 (Stock)"
    );
    assert_eq!(
        refused("app"),
        "2 .NET processes have `app` in their name or command line\nname one by its number: 41 (Shop), 42 (ShopFeeder)"
    );
    assert!(refused("60").starts_with("process 60 shows no .NET runtime and no diagnostic socket\n"));
    assert!(refused("99").starts_with("there is no process 99\n"));
}
