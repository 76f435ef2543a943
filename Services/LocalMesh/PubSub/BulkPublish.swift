import HTTP2Transport
import JSON

extension PublishAPI {
  /// Publishes each entry by itself: those that fail are named in the answer, the others stay.
  func bulkPublish(_ request: HTTPRequest) async throws(SidecarError) -> HTTPResponse {
    let common = MessageMetadata(query: request.query)
    let target = try target(request, common)
    let isRaw = try isRaw(common, target)
    let entries: [BulkPublishEntry]
    do { entries = try BulkPublishEntry.read(request.body) } catch {
      throw refusal(
        "error when unmarshaling the request for", ": ", error.reason, "DAPR_PUBSUB_UNMARSHAL_EVENTS", target)
    }
    var seen: Set<String> = []
    for entry in entries where entry.id.isEmpty || !seen.insert(entry.id).inserted {
      throw refusal(
        "error marshaling events to bytes for", ". error: ", "entryId is duplicated or not present for entry",
        "DAPR_PUBSUB_MARSHAL_EVENTS", target)
    }
    var messages: [Message] = []
    for entry in entries { messages.append(try message(entry, common, isRaw, target, request)) }
    let failures = await append(messages, target)
    return failures.isEmpty ? HTTPResponse(status: 204) : Self.response(failures, target)
  }

  private struct Message {
    let id: String
    let value: [UInt8]
    let metadata: MessageMetadata
  }

  private struct Failures {
    /// What failed, in the order of the request.
    var entries: [(id: String, reason: String)] = []
    /// The one reason when none was tried.
    var whole: String?
    var isEmpty: Bool { entries.isEmpty }
  }

  private func message(
    _ entry: BulkPublishEntry, _ common: MessageMetadata, _ isRaw: Bool, _ target: Target, _ request: HTTPRequest
  ) throws(SidecarError) -> Message {
    let metadata = entry.metadata.overridden(by: common)
    do throws(PublishedContent.ContentFault) {
      let payload = try PublishedContent.payload(entry)
      let value =
        isRaw
        ? raw(payload)
        : try envelope(target, metadata, request)
          .encoded(payload, contentType: entry.contentType, exactNumbers: false)
      return Message(id: entry.id, value: value, metadata: metadata)
    } catch {
      throw refusal(
        "error when marshalling cloud event envelope for", ": ", error.reason, "DAPR_PUBSUB_MARSHAL_ENVELOPE", target)
    }
  }

  private func raw(_ payload: CloudEventEnvelope.Payload) -> [UInt8] {
    switch payload {
    case .bytes(let bytes): bytes
    case .text(let text): Array(text.utf8)
    case .json(let value): GoJSON.encode(value)
    // It was read once already.
    case .event(let text): (try? GoJSON.rewrite(text)) ?? text
    }
  }

  /// Entries of one partition keep their order; partitions share the log's next transaction.
  private func append(_ messages: [Message], _ target: Target) async -> Failures {
    // One bad number and the component takes none of them.
    do {
      for message in messages { _ = try Producer.partitionNumber(message.metadata) }
    } catch {
      return Failures(entries: messages.map { ($0.id, error.reason) }, whole: error.reason)
    }
    var reasons: [String: String] = [:]
    var batches: [TopicPartition: (ids: [String], records: [BrokerRecord])] = [:]
    for message in messages {
      do throws(Producer.Fault) {
        let placed = try await producer.place(
          message.value, message.metadata, topic: target.topic, limit: target.component.maximumMessageSize)
        batches[placed.partition, default: ([], [])].ids.append(message.id)
        batches[placed.partition, default: ([], [])].records.append(placed.record)
      } catch {
        reasons[message.id] = error.reason
      }
    }
    await withTaskGroup(of: (ids: [String], reason: String?).self) { group in
      for (partition, batch) in batches {
        group.addTask { [producer] in
          do throws(Producer.Fault) {
            try await producer.append(batch.records, to: partition)
            return (batch.ids, nil)
          } catch {
            return (batch.ids, error.reason)
          }
        }
      }
      for await (ids, reason) in group { for id in ids { reasons[id] = reason ?? reasons[id] } }
    }
    return Failures(entries: messages.compactMap { message in reasons[message.id].map { (message.id, $0) } })
  }

  private static func response(_ failures: Failures, _ target: Target) -> HTTPResponse {
    let entries = failures.entries.map {
      JSONValue.object([.init("entryId", .string($0.id)), .init("error", .string($0.reason))])
    }
    let body = GoJSON.encode(
      ["failedEntries": .array(entries), "errorCode": "ERR_PUBSUB_PUBLISH_MESSAGE"], sortsKeys: false)
    let reason = failures.whole ?? "kafka: Failed to deliver \(entries.count) messages."
    return .json(
      body, status: 500,
      headers: [
        "metadata.error":
          "api error: code = Internal desc = error when publishing to topic \(target.topic) in pubsub "
          + "\(target.component.name): \(reason)",
        "metadata.responsedata": String(decoding: body, as: UTF8.self),
      ])
  }

  private func refusal(
    _ what: String, _ separator: String, _ error: String, _ reason: String, _ target: Target
  ) -> SidecarError {
    var metadata = [("appID", app)]
    if reason != "DAPR_PUBSUB_UNMARSHAL_EVENTS" { metadata.append(("error", error)) }
    return SidecarError(
      400, "ERR_PUBSUB_EVENTS_SER", "\(what) topic \(target.topic) pubsub \(target.component.name)\(separator)\(error)",
      reason: reason, metadata: metadata, pubsub: target.component.name)
  }
}
