namespace JasperFx.Events.Daemon
{
    public enum DaemonMode { Disabled, Solo, HotCold, ExternallyManaged }

    public class ErrorHandlingOptions
    {
        public bool SkipApplyErrors { get; set; }
        public bool SkipUnknownEvents { get; set; }
        public bool SkipSerializationErrors { get; set; }
    }

    public interface IProjectionDaemon : IDisposable
    {
        bool IsRunning { get; }
        long HighWaterMark();
        Task StartAllAsync();
        Task StopAllAsync();
        Task CatchUpAsync(CancellationToken cancellation);
        Task CatchUpAsync(TimeSpan timeout, CancellationToken cancellation);
        Task RebuildProjectionAsync(string projectionName, CancellationToken token);
        Task RebuildProjectionAsync(string projectionName, TimeSpan shardTimeout, CancellationToken token);
        Task WaitForNonStaleData(TimeSpan timeout);
    }
}

namespace JasperFx.Events.Protected
{
    public interface IEventDataMasking
    {
        IEventDataMasking IncludeStream(string streamKey);
        IEventDataMasking IncludeStream(string streamKey, Func<IEvent, bool> filter);
        IEventDataMasking AddHeader(string key, object value);
    }
}
