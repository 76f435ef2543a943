import HTTP2Transport
import JSON
import Testing

@testable import DaprClient

/// The client against what a real daprd answered and delivered.
@Suite
struct RecordedTests {
  private func exchanges(
    _ area: String, where isMeant: (Recording.Exchange) -> Bool
  ) throws -> [(String, Recording.Exchange)] {
    try Recording.all(area).flatMap { recording in recording.fromApp.filter(isMeant).map { (recording.name, $0) } }
  }

  private func expectError(_ error: DaprError, _ exchange: Recording.Exchange, _ name: String) {
    #expect(error.status == exchange.response?.status ?? 0, "\(name)")
    #expect(error.errorCode == exchange.errorCode, "\(name)")
    #expect(!error.message.isEmpty && !error.message.hasSuffix("\n"), "\(name)")
  }

  @Test func transactionsEndAsTheirStatusSays() async throws {
    let played = try exchanges("state") { $0.path.hasSuffix("/transaction") }
    #expect(played.count > 200)
    for (name, exchange) in played {
      let outcome = await PlayedAnswer.client(exchange).state("statestore").transaction([.delete("k")])
      switch (exchange.response?.status, outcome) {
      case (204, .committed): break
      case (400, .refused(let error)): expectError(error, exchange, name)
      case (nil, .inDoubt(let error)): #expect(error.kind == .deadline, "\(name)")
      case (let status?, .inDoubt(let error)) where status != 204 && status != 400: expectError(error, exchange, name)
      default: Issue.record("\(name): \(String(describing: exchange.response?.status)) gave \(outcome)")
      }
    }
  }

  @Test func conflictsOfTransactionsAreKnownByTheirText() async throws {
    for file in ["transaction-etag-conflict", "transaction-first-write", "transaction-delete-etag-conflict"] {
      let failed = try exchanges("state") { $0.path.hasSuffix("/transaction") && $0.response?.status == 500 }
        .filter { $0.0 == "state/\(file).json" }
      #expect(!failed.isEmpty, "\(file)")
      for (name, exchange) in failed {
        guard
          case .inDoubt(let error) = await PlayedAnswer.client(exchange).state("s").transaction([]),
          error.kind == .etagMismatch
        else {
          Issue.record("\(name)")
          continue
        }
      }
    }
  }

  @Test func valuesAreReadAsTheyWereAnswered() async throws {
    let played = try exchanges("state") {
      $0.method == "GET" && $0.path.hasPrefix("/v1.0/state/") && $0.response?.status != 101
    }
    #expect(played.count > 400)
    for (name, exchange) in played {
      do throws(DaprError) {
        let entry = try await PlayedAnswer.client(exchange).state("statestore").get("k")
        #expect(entry?.value == (exchange.response?.status == 204 ? nil : exchange.response?.body), "\(name)")
        #expect(entry?.etag.text == (entry == nil ? nil : exchange.response?.headers["etag"] ?? ""), "\(name)")
      } catch {
        if exchange.response?.status == 200 {
          #expect(error.kind == .badResponse && exchange.response?.body == [], "\(name)")
        } else if exchange.response != nil {
          expectError(error, exchange, name)
        }
      }
    }
  }

  @Test func bulkGetsAreReadWhateverTheirOrder() async throws {
    let played = try exchanges("state") { $0.method == "POST" && $0.path.hasSuffix("/bulk") }
    #expect(played.count > 90)
    for (name, exchange) in played {
      let items = (try? JSONValue(parsing: exchange.response?.body ?? []))?.elements ?? []
      do throws(DaprError) {
        let entries = try await PlayedAnswer.client(exchange).state("statestore").get(all: ["k"])
        let expected = items.filter { $0["data"] != nil && $0["key"]?.string?.isEmpty == false }
        #expect(Set(entries.keys) == Set(expected.compactMap { $0["key"]?.string }), "\(name)")
        for item in expected {
          let entry = entries[item["key"]?.string ?? ""]
          #expect((try? JSONValue(parsing: entry?.value ?? [])) == item["data"], "\(name)")
          #expect(entry?.etag.text == item["etag"]?.string ?? "", "\(name)")
        }
      } catch {
        if exchange.response?.status == 200 {
          let isEmpty = exchange.response?.body.isEmpty == true
          #expect(isEmpty || items.contains { $0["error"]?.string?.isEmpty == false }, "\(name): \(error)")
        } else {
          expectError(error, exchange, name)
        }
      }
    }
  }

  @Test func writesTellConflictsFromFailures() async throws {
    let played = try exchanges("state") {
      ["POST", "DELETE"].contains($0.method) && $0.path.split(separator: "/").count <= 4 && $0.response != nil
        && $0.response?.status != 101 && !$0.path.hasSuffix("/bulk") && !$0.path.hasSuffix("/transaction")
    }
    #expect(played.count > 300)
    var conflicts = 0
    for (name, exchange) in played {
      do throws(DaprError) {
        try await PlayedAnswer.client(exchange).state("s").save(.upsert("k", Array("1".utf8)))
        #expect(exchange.response?.status == 204, "\(name)")
      } catch {
        expectError(error, exchange, name)
        if exchange.response?.status == 409 { #expect(error.kind == .etagMismatch, "\(name)") }
        if error.kind == .etagMismatch { conflicts += 1 }
      }
    }
    #expect(conflicts > 30)
  }

  @Test func bulkPublishesNameWhatFailed() async throws {
    let played = try exchanges("publish") { $0.path.contains("/publish/bulk/") }
    #expect(played.count > 20)
    let events = (0..<10).map { _ in OutgoingEvent([]) }
    for (name, exchange) in played {
      let failed = (try? JSONValue(parsing: exchange.response?.body ?? []))?["failedEntries"]?.elements ?? []
      do throws(DaprError) {
        let answer = try await PlayedAnswer.client(exchange).pubsub("pubsub").publish(all: events, to: "t")
        #expect(Set(answer.keys.map(String.init)) == Set(failed.compactMap { $0["entryId"]?.string }), "\(name)")
        #expect(answer.isEmpty == (exchange.response?.status == 204), "\(name)")
      } catch {
        // An id that is not one of ours says nothing of any entry.
        #expect(failed.allSatisfy { Int($0["entryId"]?.string ?? "") == nil }, "\(name)")
        expectError(error, exchange, name)
      }
    }
  }

  @Test func secretsAreReadOrRefused() async throws {
    let played = try exchanges("secrets") { $0.path.hasPrefix("/v1.0/secrets/") && !$0.path.hasSuffix("/bulk") }
    #expect(played.count > 30)
    for (name, exchange) in played {
      do throws(DaprError) {
        let secret = try await PlayedAnswer.client(exchange).secrets("s").get("k")
        let members = (try? JSONValue(parsing: exchange.response?.body ?? []))?.members ?? []
        #expect(secret == Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.value.string ?? "") }), "\(name)")
      } catch {
        expectError(error, exchange, name)
      }
    }
  }

  @Test func deliveriesAreReadAsDaprdSendsThem() async throws {
    var kinds = (events: 0, tombstones: 0, unreadable: 0, batches: 0)
    for recording in try Recording.all("deliver") {
      for exchange in recording.toApp where exchange.method == "POST" {
        if exchange.requestHeaders["content-type"] == "application/json" {
          let batch = try BulkDelivery(parsing: exchange.requestBody)
          let entries = try JSONValue(parsing: exchange.requestBody)["entries"]?.elements ?? []
          #expect(batch.entryIDs == entries.compactMap { $0["entryId"]?.string }, "\(recording)")
          #expect(batch.deliveries.map(\.key) == entries.map { $0["metadata"]?["__key"]?.string }, "\(recording)")
          kinds.batches += 1
          continue
        }
        let request = HTTPRequest(.post, "/", headers: exchange.requestHeaders, body: exchange.requestBody)
        let value = try? JSONValue(parsing: exchange.requestBody)
        switch Delivery.single(request).content {
        case .event(let event):
          #expect((try JSONValue(parsing: event.data)) == value?["data"], "\(recording)")
          #expect(event.id == value?["id"]?.string ?? "", "\(recording)")
          kinds.events += 1
        case .tombstone:
          #expect(value?.isNull == true, "\(recording)")
          kinds.tombstones += 1
        case .unreadable(let reason):
          // Bytes in base64 and values that are no CloudEvents are for nobody here.
          #expect(value?["data"] == nil, "\(recording): \(reason)")
          kinds.unreadable += 1
        }
      }
    }
    #expect(kinds.events > 150 && kinds.tombstones > 0 && kinds.batches > 15, "\(kinds)")
  }
}
