import Recurrence
import TaskModel

/// What other daemons ask about recurrences.
struct RecurrenceAnswers: Sendable {
  static let previewCounts = 1...1000

  let zones: ZoneDatabase

  /// Whether a task may have a recurrence.
  func check(_ request: CheckRequest) -> CheckResponse {
    var response = CheckResponse()
    response.isLast = true
    guard let recurrence = request.recurrence else { return response }
    if request.due == nil { response.errors.append(TaskFault("/due", "A recurrence needs a due.")) }
    response.errors += faults(rule: recurrence.rule, "/recurrence/rule", timeZone: request.timeZone)
    return response
  }

  /// The first occurrences of a rule.
  func preview(_ request: PreviewRequest) -> PreviewResponse {
    var response = PreviewResponse()
    response.isLast = true
    response.errors = faults(rule: request.rule, "/rule", timeZone: request.timeZone)
    if request.start == nil { response.errors.append(TaskFault("/start", "A preview needs a start.")) }
    if !Self.previewCounts.contains(request.count) {
      response.errors.append(TaskFault("/count", "The count is a whole number from 1 to 1000."))
    }
    guard response.errors.isEmpty, let start = request.start,
      let rules = try? RecurrenceRule.rules(request.rule), let zone = try? zones.zone(named: request.timeZone)
    else { return response }
    let preview = RecurrenceSet(rules: rules, start: start, zone: zone).preview(count: request.count)
    response.warnings = preview.warnings
    response.occurrences = preview.occurrences.map {
      var occurrence = PreviewResponse.Occurrence()
      occurrence.at = $0.at
      occurrence.local = $0.local
      occurrence.offset = $0.offset
      return occurrence
    }
    return response
  }

  /// The due after the present one, for skipping.
  func next(_ request: NextRequest) -> NextResponse {
    var response = NextResponse()
    response.isLast = true
    guard let recurrence = request.recurrence, let due = request.due else {
      response.errors.append(TaskFault("/recurrence", "Skipping needs a recurrence and a due."))
      return response
    }
    do throws(SeriesError) {
      response.due = try Successor(
        of: .init(
          recurrence: recurrence, due: due, occurrence: request.occurrence, completedAt: request.completedAt,
          timeZone: request.timeZone), zones: zones)?.due
    } catch {
      response.errors = faults(rule: recurrence.rule, "/recurrence/rule", timeZone: request.timeZone)
    }
    return response
  }

  private func faults(rule: String, _ pointer: String, timeZone: String) -> [TaskFault] {
    var faults: [TaskFault] = []
    do throws(RecurrenceRuleError) {
      _ = try RecurrenceRule.rules(rule)
    } catch {
      faults.append(TaskFault(pointer, "\(error)."))
    }
    do throws(TimeZoneError) {
      _ = try zones.zone(named: timeZone)
    } catch {
      faults.append(TaskFault("/timeZone", "\(error)."))
    }
    return faults
  }
}
