use super::room;
use super::words::{E, put};
use crate::audit::Report;
use crate::exposure::{DataCopy, Exposure, Lock, Masking, Until};

pub(super) fn exposure(report: &Report, page: &mut String) {
    page.push_str("<section id=\"exposure\" aria-labelledby=\"h-exposure\"><h2 id=\"h-exposure\">Exposure</h2>");
    let exposed: Vec<_> =
        report.machines.iter().filter_map(|machine| Some((machine, machine.exposure.as_ref()?))).collect();
    if exposed.is_empty() {
        page.push_str("<p>No sensitive data was seen in the executions that were read.</p></section>");
        return;
    }
    page.push_str(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Exposure table\"><table><thead><tr>\
         <th scope=\"col\">State machine</th><th scope=\"col\">Data</th><th scope=\"col\">Copy</th>\
         <th scope=\"col\">Key</th><th scope=\"col\">Masking</th><th scope=\"col\">Who reads</th>\
         <th scope=\"col\">Until</th></tr></thead><tbody>",
    );
    let left_out = room::fill(page, room::EXPOSURE, exposed, |(machine, exposure), page| {
        for copy in &exposure.copies {
            put!(page, "<tr><th scope=\"row\">{}</th>", E(machine.arn.name()));
            line(copy, page);
        }
        unread(exposure, page);
    });
    page.push_str("</tbody></table></div>");
    room::told(left_out, "state machines with sensitive data", page);
    page.push_str("</section>");
}

fn line(copy: &DataCopy, page: &mut String) {
    let lock = match &copy.lock {
        Some(Ok(Lock::AwsOwned)) => "key of AWS".to_owned(),
        Some(Ok(Lock::Customer(_))) => "customer managed".to_owned(),
        Some(Err(gap)) => format!("not known ({})", gap.reason),
        None => "not looked at".to_owned(),
    };
    let masking = match copy.masking {
        Masking::NotOffered => "none offered",
        _ if matches!(copy.lock, Some(Err(_))) => "not known",
        Masking::Off => "off",
        Masking::On => "on",
    };
    let until = match &copy.until {
        Some(Ok(Until::Never)) => "for ever".to_owned(),
        Some(Ok(Until::At { at, .. })) => at.strftime("%Y-%m-%d").to_string(),
        Some(Err(gap)) => format!("not known ({})", gap.reason),
        None => "not looked at".to_owned(),
    };
    let readers = copy.readers.as_ref().map_or_else(|| "not looked at".to_owned(), crate::exposure::Readers::told);
    put!(
        page,
        "<td>{}</td><td>{}<small>{}</small></td><td class=\"nw\">{lock}</td><td class=\"nw\">{masking}</td><td class=\"nw\">{}</td><td class=\"nw\">{until}</td></tr>",
        E(copy.kinds.join(", ")),
        E(copy.place.told()),
        if copy.proven { "seen there" } else { "follows from the configuration" },
        E(readers)
    );
}

fn unread(exposure: &Exposure, page: &mut String) {
    for gap in &exposure.unread {
        put!(page, "<tr><td colspan=\"7\" class=\"dim\">There may be more: {}</td></tr>", E(gap.to_string()));
    }
}
