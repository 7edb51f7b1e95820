//! Addresses of the net: `System.Net.IPAddress` and `System.Net.IPEndPoint`.
//!
//! An address has either no `_numbers` and 32 bits in network order in `_addressOrScopeId`, or eight `_numbers` of 16 bits
//! and a scope there. The same in all versions.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::members::Members;
use super::{NoText, Text};

/// Groups of 16 bits in an address of version 6.
const GROUPS: usize = 8;

pub(super) fn ip_address(members: &Members<'_>) -> Text {
    let address_or_scope = members.integer(&["_addressOrScopeId", "m_Address"])? as u32;
    let numbers = members.reference(&["_numbers", "m_Numbers"])?;
    if numbers.is_null() {
        return Ok(version4(address_or_scope));
    }
    let array = members.values.array(numbers).map_err(|_| NoText::Unknown)?;
    if array.count as usize != GROUPS || array.element_size() != 2 {
        return Err(NoText::Unknown);
    }
    let mut groups = [0; GROUPS];
    for (group, i) in groups.iter_mut().zip(0..) {
        let place = array.place(i).ok_or(NoText::Unknown)?;
        *group = members.values.types().memory().u16(place)?;
    }
    Ok(version6(groups, address_or_scope))
}

fn version4(address: u32) -> String {
    Ipv4Addr::from(address.to_le_bytes()).to_string()
}

fn version6(groups: [u16; GROUPS], scope: u32) -> String {
    let address = Ipv6Addr::from(groups);
    if scope == 0 { address.to_string() } else { format!("{address}%{scope}") }
}

/// `127.0.0.1:80`, `[::1]:80`.
pub(super) fn ip_end_point(members: &Members<'_>) -> Text {
    let address = members.own_text(&["_address", "m_Address"])?;
    let port = members.integer(&["_port", "m_Port"])?;
    Ok(if address.contains(':') { format!("[{address}]:{port}") } else { format!("{address}:{port}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_both_versions() {
        assert_eq!(version4(0x0100_007f), "127.0.0.1");
        assert_eq!(version6([0, 0, 0, 0, 0, 0, 0, 1], 0), "::1");
        assert_eq!(version6([0xfe80, 0, 0, 0, 1, 2, 3, 4], 7), "fe80::1:2:3:4%7");
    }
}
