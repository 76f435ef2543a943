import Recurrence

/// When a cron binding fires: five fields, six with seconds first, `@every 30s`, `@daily` and the like, with `TZ=` or `CRON_TZ=`
/// before (<https://docs.dapr.io/reference/components-reference/supported-bindings/cron/>).
struct CronSchedule: Sendable {
  private enum Form: Sendable {
    case every(seconds: Int)
    case fields(CronFields, zone: TimeZoneRules)
  }

  private let form: Form

  struct Fault: Error, Equatable {
    let reason: String
  }

  /// - Parameter local: the host's zone, for schedules that name none.
  init(_ text: String, local: TimeZoneRules, zones: ZoneDatabase = ZoneDatabase()) throws(Fault) {
    var words = text.split(separator: " ").map(String.init)
    var zone = local
    if let first = words.first, first.hasPrefix("TZ=") || first.hasPrefix("CRON_TZ=") {
      let name = String(first.drop { $0 != "=" }.dropFirst())
      do { zone = try zones.zone(named: name) } catch { throw Fault(reason: "\(error)") }
      words.removeFirst()
    }
    if words.first == "@every" {
      guard words.count == 2, let seconds = Self.seconds(words[1]), seconds > 0 else {
        throw Fault(reason: "@every takes a duration of a second or more, such as 30s or 1h30m, not `\(text)`")
      }
      form = .every(seconds: seconds)
    } else if let first = words.first, first.hasPrefix("@") {
      guard words.count == 1, let fields = Self.descriptors[first] else {
        throw Fault(
          reason: "\(text) is none of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly, @every")
      }
      form = .fields(try CronFields(fields.split(separator: " ").map(String.init)), zone: zone)
    } else {
      form = .fields(try CronFields(words), zone: zone)
    }
  }

  private static let descriptors = [
    "@yearly": "0 0 0 1 1 *", "@annually": "0 0 0 1 1 *", "@monthly": "0 0 0 1 * *", "@weekly": "0 0 0 * * 0",
    "@daily": "0 0 0 * * *", "@midnight": "0 0 0 * * *", "@hourly": "0 0 * * * *",
  ]

  /// The first time after `instant`; nil when there is none within five years.
  func next(after instant: Instant) -> Instant? {
    switch form {
    // One period after the last time, to the same fraction of a second.
    case .every(let seconds): return instant.adding(seconds: seconds)
    case .fields(let fields, let zone):
      let wall = zone.wallTime(at: instant)
      var found = fields.next(after: wall)
      // In a fold the wall time may lie before the instant.
      while let candidate = found, zone.instant(of: candidate) <= instant { found = fields.next(after: candidate) }
      return found.map { zone.instant(of: $0) }
    }
  }

  /// A Go duration of hours, minutes and seconds, in whole seconds.
  private static func seconds(_ text: String) -> Int? {
    var total = 0.0
    var number = ""
    var units = text[...]
    while let character = units.popFirst() {
      if character.isNumber || character == "." {
        number.append(character)
        continue
      }
      guard let value = Double(number) else { return nil }
      number = ""
      switch character {
      case "h": total += value * 3600
      case "m" where units.first == "s":
        units.removeFirst()
        total += value / 1000
      case "m": total += value * 60
      case "s": total += value
      default: return nil
      }
    }
    return number.isEmpty && total < 1e12 ? Int(total) : nil
  }
}
