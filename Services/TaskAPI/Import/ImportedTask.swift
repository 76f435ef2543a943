import Recurrence

/// A task as a foreign file tells it, before the owner's zone and the rules of the API have had their say.
struct ImportedTask: Sendable, Equatable {
  enum Priority: String, Sendable { case low, medium, high }

  /// A moment as the file wrote it: an instant, or wall time in a zone (nil: the owner's).
  enum Moment: Sendable, Equatable {
    case instant(Instant)
    case wall(WallTime, zone: String?)
  }

  enum Reminder: Sendable, Hashable {
    /// Counts back from the due time.
    case before(ISODuration)
    case at(Instant)
  }

  /// The line of the file it begins on, from 1.
  var line: Int
  var title = ""
  var notes = ""
  var isDone = false
  var priority: Priority?
  var tags: [String] = []
  /// nil for the owner's inbox.
  var list: String?
  var due: Moment?
  var createdAt: Moment?
  var completedAt: Moment?
  /// When the file's program last changed it.
  var modifiedAt: Moment?
  /// RRULE values, one a line; empty for none.
  var rule = ""
  var rdates: [WallTime] = []
  var exdates: [WallTime] = []
  var reminders: [Reminder] = []
  /// The file's own name of the task: one that its owner has imported before is updated.
  var uid: String?
  /// The `uid` of the task that this one belongs to.
  var parentUID: String?
  /// Which occurrence of the series `uid` this is, where the file changes that one alone.
  var occurrence: WallTime?

  init(line: Int) { self.line = line }
}

/// A part of a file that could not be read.
struct RejectedLine: Error, Sendable, Equatable {
  /// From 1.
  let line: Int
  let detail: String
}

/// What a file holds.
struct ImportedFile: Sendable, Equatable {
  var tasks: [ImportedTask] = []
  var rejected: [RejectedLine] = []
}

/// The zones that the times of a file are read in.
struct ImportZones: Sendable {
  let database: ZoneDatabase
  /// The owner's, for times that name none.
  let home: String

  func isZone(_ name: String) -> Bool { (try? database.zone(named: name)) != nil }

  func rules(_ name: String?) -> TimeZoneRules { (try? database.zone(named: name ?? home)) ?? .utc }

  func instant(_ moment: ImportedTask.Moment) -> Instant {
    switch moment {
    case .instant(let instant): instant
    case .wall(let wall, let zone): rules(zone).instant(of: wall)
    }
  }

  /// As a task holds it: an instant becomes wall time of UTC.
  func wall(_ moment: ImportedTask.Moment) -> (time: WallTime, zone: TimeZoneRules) {
    switch moment {
    case .instant(let instant): (TimeZoneRules.utc.wallTime(at: instant), .utc)
    case .wall(let wall, let zone): (wall, rules(zone))
    }
  }

  /// As a clock in `zone` shows it; a date alone stays one.
  func wall(_ moment: ImportedTask.Moment, in zone: TimeZoneRules) -> WallTime {
    if case .wall(let wall, _) = moment, wall.isDateOnly { return wall }
    let (time, own) = wall(moment)
    return own.name == zone.name ? time : zone.wallTime(at: instant(moment))
  }
}
