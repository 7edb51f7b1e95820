use heapql::*;
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let t = std::time::Instant::now();
    let f = std::fs::File::open(&path).unwrap();
    let d = dump::Dump::parse(bytes::Mapped::open(&f).unwrap()).unwrap();
    println!("{:?} {:?} {:?} problems {:?}", d.taken_by, d.architecture, d.process, d.problems);
    let rt = match clr::ClrRuntime::open(d, &image::ModuleFiles::new(&std::env::args().skip(3).map(Into::into).collect::<Vec<_>>()).0) { Ok(r)=>r, Err(e)=>{ println!("ERR {e} {:?}", e.hint_text()); return } };
    println!("{:?} {:?} {} / {} ", rt.version(), rt.module.path, rt.located.found_by, rt.located.layout_source);
    for c in rt.checks() { println!("  {:?} {} {}", c.outcome, c.name, c.detail); }
    println!("threads {:?}", rt.threads.as_ref().map(|t| (t.threads.len(), t.declared)));
    println!("modules {} {:?}", rt.modules.len(), rt.modules.iter().take(2).collect::<Vec<_>>());
    match &rt.gc { Ok(g) => println!("gc {:?} regions {} segs {} ctx {} collecting {}", g.heaps.mode, g.heaps.regions, g.segments.len(), g.contexts.len(), g.heaps.collecting), Err(e) => println!("gc ERR {e}") }
    let t1 = t.elapsed();
    match graph::build_heap(&rt, &progress::NoProgress) { Ok(h) => println!("objects {} types {} bytes {} problems {:?}", h.objects.len(), h.types.len(), h.types.all().iter().map(|t|t.size).sum::<u64>(), h.problems), Err(e)=>println!("heap ERR {e}") }
    if std::env::args().nth(2).is_some() { if let Ok(h)=graph::build_heap(&rt, &progress::NoProgress) { for t in h.types.all() { println!("T {:x} {} {} {} {} {}", t.method_table.0, t.count, t.size, t.base_size, t.element_size, t.name); } } }
    println!("rt problems {:?}", rt.problems);
    println!("open {:?} total {:?}", t1, t.elapsed());
}
