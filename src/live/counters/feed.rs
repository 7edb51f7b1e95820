//! A process's stream of events as samples.

use std::collections::VecDeque;
use std::io::Read;

use super::event_counters;
use super::meters::Meters;
use super::sample::Sample;
use super::selection::Selection;
use super::subscription::{METERS, Subscription};
use crate::error::Result;
use crate::limits::MAX_COUNTER_TEXT_BYTES;
use crate::live::nettrace::{Ending, Event, Reader, Step};
use crate::problem::Problem;

/// What the process told.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// A number.
    Sample(Sample),
    /// What it cannot tell. Has text of the process in it.
    Told(Problem),
}

/// What there is next.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// The process told something.
    News(News),
    /// Nothing at the moment, see [`Step::Waiting`].
    Waiting,
    /// The stream ended.
    End(Ending),
}

/// Hears what a process tells of its counters.
#[derive(Debug)]
pub struct Feed<R> {
    reader: Reader<R>,
    selection: Selection,
    meters: Meters,
    ready: VecDeque<News>,
    /// Why the first event that should tell a counter told none, and how many did.
    unread: Option<(String, u64)>,
}

impl<R: Read> Feed<R> {
    /// Hears a session that was started with the subscription's providers; `source` gives its stream from the beginning.
    pub fn new(source: R, subscription: &Subscription) -> Self {
        Feed {
            reader: Reader::new(source),
            selection: subscription.selection().clone(),
            meters: Meters::new(subscription),
            ready: VecDeque::new(),
            unread: None,
        }
    }

    /// What the process tells next. Blocks as long as the source does.
    ///
    /// # Errors
    ///
    /// When the stream cannot be read any further, see [`Reader::step`].
    pub fn hear(&mut self) -> Result<Heard> {
        loop {
            if let Some(news) = self.ready.pop_front() {
                return Ok(Heard::News(news));
            }
            match self.reader.step()? {
                Step::Event(event) => self.take_in(&event),
                Step::Waiting => return Ok(Heard::Waiting),
                Step::End(ending) => return Ok(Heard::End(ending)),
            }
        }
    }

    /// What was left out so far.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = self.reader.problems();
        if let Some((first, count)) = &self.unread {
            let message =
                format!("events that should tell a counter and do not: {count}, the first: {first}");
            problems.push(Problem::loss(message));
        }
        problems
    }

    /// The source, to stop it.
    pub fn source_mut(&mut self) -> &mut R {
        self.reader.source_mut()
    }

    fn take_in(&mut self, event: &Event) {
        let definition = &event.definition;
        let is_meter = *definition.provider == *METERS;
        if !is_meter && *definition.name != *event_counters::EVENT {
            return;
        }
        let news = match event.fields() {
            Ok(fields) if is_meter => self.meters.news(event, &fields),
            Ok(fields) => event_counters::sample(event, &fields).map(News::Sample).into_iter().collect(),
            Err(error) => {
                self.leave_out(error.to_string());
                return;
            }
        };
        for news in news {
            match news {
                News::Sample(sample) if !self.selection.includes(&sample.key) => {}
                News::Sample(sample) if text_bytes(&sample) > MAX_COUNTER_TEXT_BYTES => {
                    self.leave_out(format!("its names have {} bytes", text_bytes(&sample)));
                }
                news => self.ready.push_back(news),
            }
        }
    }

    fn leave_out(&mut self, why: String) {
        let (_, count) = self.unread.get_or_insert((why, 0));
        *count += 1;
    }
}

fn text_bytes(sample: &Sample) -> usize {
    let key = &sample.key;
    key.provider.len() + key.name.len() + key.tags.len() + sample.display_name.len()
}
