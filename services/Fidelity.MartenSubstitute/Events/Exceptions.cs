namespace JasperFx
{
    public class ConcurrencyException : Exception
    {
        public ConcurrencyException(string message) : base(message) { }

        public ConcurrencyException(string message, Type? docType, object id) : base(message)
        {
            DocType = docType?.FullName ?? "";
            Id = id;
        }

        public ConcurrencyException(Type docType, object id)
            : this($"{docType.FullName} '{id}' was changed by somebody else in the meantime", docType, id) { }

        public string DocType { get; } = "";
        public object Id { get; } = "";
    }
}

namespace JasperFx.Events
{
    public class EmptyEventStreamException(string key) : Exception($"Stream '{key}' cannot be started without an event");

    public class EventStreamUnexpectedMaxEventIdException(object id, Type? aggregateType, long expected, long actual)
        : ConcurrencyException($"Stream '{id}' was expected at version {expected} but is at {actual}", aggregateType, id)
    {
        public Type? AggregateType { get; } = aggregateType;
    }
}

namespace JasperFx.Events.Projections
{
    public class DuplicateSubscriptionNamesException(string message) : Exception(message);
}

namespace Marten.Exceptions
{
    public class MartenException : Exception
    {
        public MartenException(string message) : base(message) { }
        public MartenException(string message, Exception innerException) : base(message, innerException) { }
    }

    public class ExistingStreamIdCollisionException(object id, Type? aggregateType) : MartenException($"Stream '{id}' exists already")
    {
        public object Id { get; } = id;
        public Type? AggregateType { get; } = aggregateType;
    }

    public class NonExistentStreamException(object id) : MartenException($"Stream '{id}' does not exist and cannot be appended to")
    {
        public object Id { get; } = id;
    }

    public class InvalidStreamOperationException(string message) : MartenException(message);

    public class UnknownEventTypeException(string eventTypeName)
        : MartenException($"No event type is known under the name '{eventTypeName}'; name it with MapEventType or AddEventType")
    {
        public string EventTypeName { get; } = eventTypeName;
    }

    /// <summary>The database refused or lost a command; the cause is the inner exception.</summary>
    public class MartenCommandException(Exception innerException)
        : MartenException($"A command failed: {innerException.Message}", innerException);
}
