//! A PDB written byte by byte by the specification: two documents, three methods.

use super::*;

const ID: [u8; 20] = *b"GUID of the PDB.1234";

/// A heap of blobs; each is put behind those before it, and its index told.
struct Blobs(Vec<u8>);

impl Blobs {
    fn put(&mut self, blob: &[u8]) -> u16 {
        let index = self.0.len() as u16;
        self.0.push(blob.len() as u8);
        self.0.extend(blob);
        index
    }
}

/// A PDB whose second method has `points` as its sequence points, in the first document.
fn a_pdb(points: &[u8]) -> Vec<u8> {
    let mut blobs = Blobs(vec![0]);
    let (src, main) = (blobs.put(b"src") as u8, blobs.put("m\u{e4}in.cs".as_bytes()) as u8);
    let rooted = blobs.put(&[b'/', 0, src, main]);
    let plain = blobs.put(&[0, main]);
    let own = blobs.put(points);
    // A method in two documents: no document in its row but one in the blob; the second follows at IL 5.
    let several = blobs.put(&[0, 1, 0, 0, 4, 10, 5, 0, 2, 5, 0, 4, 0, 0]);
    let documents = [rooted, 0, 0, 0, plain, 0, 0, 0];
    let methods = [0, 0, 1, own, 0, several];
    let valid: u64 = 1 << 0x30 | 1 << 0x31;
    let mut tables = vec![0, 0, 0, 0, 2, 0, 0, 1];
    tables.extend(valid.to_le_bytes());
    tables.extend([0; 8]);
    tables.extend([2_u32, 3].iter().flat_map(|count| count.to_le_bytes()));
    tables.extend(documents.iter().chain(&methods).flat_map(|column: &u16| column.to_le_bytes()));
    let mut pdb = ID.to_vec();
    pdb.extend([0; 12]);
    with_streams(&[("#Pdb", &pdb), ("#~", &tables), ("#Blob", &blobs.0)])
}

fn with_streams(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = b"BSJB\x01\x00\x01\x00\0\0\0\0\x0c\0\0\0PDB v1.0\0\0\0\0\0\0".to_vec();
    bytes.extend((streams.len() as u16).to_le_bytes());
    let headers: usize = streams.iter().map(|(name, _)| 8 + (name.len() + 1).next_multiple_of(4)).sum();
    let mut offset = bytes.len() + headers;
    for (name, contents) in streams {
        bytes.extend((offset as u32).to_le_bytes());
        bytes.extend((contents.len() as u32).to_le_bytes());
        bytes.extend(name.bytes());
        bytes.resize((bytes.len() + 1).next_multiple_of(4), 0);
        offset += contents.len();
    }
    streams.iter().for_each(|(_, contents)| bytes.extend(*contents));
    bytes
}

/// IL 0 at 10:5 on one line; IL 3 hidden; IL 7 two lines on and one column back, over two lines.
const POINTS: [u8; 14] = [0, 0, 0, 8, 10, 5, 3, 0, 0, 4, 1, 0x7f, 4, 0x7f];

fn points(pdb: &[u8], method: u32) -> Result<Vec<SequencePoint>, MetadataError> {
    PortablePdb::parse(pdb.to_vec()).unwrap().sequence_points(method)
}

#[test]
fn sequence_points_are_read_by_their_differences() {
    let point = |il_offset, place| SequencePoint { il_offset, document: 1, place };
    let expected = [point(0, Some((10, 5))), point(3, None), point(7, Some((12, 4)))];
    assert_eq!(points(&a_pdb(&POINTS), 2).unwrap(), expected);
    assert_eq!(points(&a_pdb(&POINTS), 1).unwrap(), [], "a method without source");
}

#[test]
fn a_method_may_lie_in_several_documents() {
    let read = points(&a_pdb(&POINTS), 3).unwrap();
    let places: Vec<_> = read.iter().map(|point| (point.il_offset, point.document, point.place)).collect();
    assert_eq!(places, [(0, 1, Some((10, 5))), (5, 2, Some((10, 5)))]);
}

#[test]
fn documents_are_joined_of_their_parts() {
    let pdb = PortablePdb::parse(a_pdb(&POINTS)).unwrap();
    assert_eq!(pdb.document(1).unwrap(), "/src/m\u{e4}in.cs");
    assert_eq!(pdb.document(2).unwrap(), "m\u{e4}in.cs");
    assert!(pdb.document(0).is_err() && pdb.document(3).is_err());
    assert_eq!(pdb.id().unwrap(), ID);
}

#[test]
fn what_is_no_pdb_or_cut_off_is_refused() {
    let refused = |bytes: Vec<u8>| PortablePdb::parse(bytes).unwrap_err().to_string();
    let tables = [0_u8; 24];
    assert!(refused(with_streams(&[("#~", &tables)])).contains("no portable PDB"));
    let mut of_assembly = tables;
    of_assembly[8] = 1;
    assert!(refused(with_streams(&[("#Pdb", &[0; 32]), ("#~", &of_assembly)])).contains("assembly"));
    let mut without_rows = tables.to_vec();
    without_rows[8 + 6] = 1;
    without_rows.extend([0xff; 4]);
    assert!(refused(with_streams(&[("#Pdb", &[0; 32]), ("#~", &without_rows)])).contains("lead out"));
    let whole = a_pdb(&POINTS);
    for length in 0..whole.len() {
        // No length may panic; the tables stand before the last bytes.
        if let Ok(pdb) = PortablePdb::parse(whole[..length].to_vec()) {
            let _ = (pdb.sequence_points(2), pdb.document(1), pdb.id());
        }
    }
}

#[test]
fn points_that_are_cut_off_or_leave_all_numbers_are_an_error() {
    for length in 1..POINTS.len() {
        let whole_records = [1, 6, 9].contains(&length);
        assert_eq!(points(&a_pdb(&POINTS[..length]), 2).is_ok(), whole_records, "{length}");
    }
    // A second line 64 above the first, which is 10.
    assert!(points(&a_pdb(&[0, 0, 0, 8, 10, 5, 3, 0, 4, 0x01, 0]), 2).is_err());
    assert!(points(&a_pdb(&POINTS), 4).is_err(), "no such method");
}
