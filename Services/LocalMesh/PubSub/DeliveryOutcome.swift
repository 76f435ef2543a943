import HTTP2Transport
import JSON

/// What an app's answer means for a record (<https://docs.dapr.io/reference/api/pubsub_api/#expected-http-response>).
enum DeliveryOutcome: Sendable, Equatable {
  /// Taken.
  case done
  /// Not wanted: to the dead letters if there are any, else gone.
  case drop
  /// To be delivered again.
  case retry

  /// Of a single delivery. A 2xx without a status that can be read is success.
  init(_ response: HTTPClientResponse) {
    switch response.status {
    case 200..<300: self = Self.status((try? GoJSON.decode(response.body))?["status"]?.string ?? "", empty: .done)
    case 404: self = .drop
    default: self = .retry
    }
  }

  /// Of each entry of a bulk delivery. Here a status that is missing or can't be read is a failure.
  static func bulk(_ response: HTTPClientResponse, entries: [String]) -> [String: DeliveryOutcome] {
    func all(_ outcome: DeliveryOutcome) -> [String: DeliveryOutcome] {
      Dictionary(uniqueKeysWithValues: entries.map { ($0, outcome) })
    }
    if response.status == 404 { return all(.done) }
    var outcomes = all(.retry)
    guard (200..<300).contains(response.status) else { return outcomes }
    for status in (try? GoJSON.decode(response.body))?["statuses"]?.elements ?? [] {
      guard let id = status["entryId"]?.string, outcomes[id] != nil else { continue }
      outcomes[id] = Self.status(status["status"]?.string ?? "", empty: .retry)
    }
    return outcomes
  }

  private static func status(_ word: String, empty: DeliveryOutcome) -> DeliveryOutcome {
    switch word {
    case "": empty
    case "SUCCESS": .done
    case "DROP": .drop
    default: .retry
    }
  }
}
