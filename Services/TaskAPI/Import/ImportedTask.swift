import Recurrence

/// A task as a foreign file tells it, before the owner's zone and the rules of the API have had their say.
struct ImportedTask: Sendable, Equatable {
  enum Priority: Sendable { case low, medium, high }

  /// A moment as the file wrote it: an instant, or wall time in a zone (nil: the owner's).
  enum Moment: Sendable, Equatable {
    case instant(Instant)
    case wall(WallTime, zone: String?)
  }

  enum Reminder: Sendable, Equatable {
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
  var due: Moment?
  var createdAt: Moment?
  var completedAt: Moment?
  /// RRULE values, one a line; empty for none.
  var rule = ""
  var rdates: [WallTime] = []
  var exdates: [WallTime] = []
  var reminders: [Reminder] = []
  /// The file's own name of the task: one that its owner has imported before is updated.
  var uid: String?

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
