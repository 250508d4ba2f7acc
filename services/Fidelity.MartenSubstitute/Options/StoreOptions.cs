using System.Text.Json;
using JasperFx;
using Marten.Events;
using Marten.Events.Projections;
using Npgsql;
using Weasel.Core;

namespace JasperFx
{
    public enum AutoCreate { All, CreateOrUpdate, CreateOnly, None }
}

namespace Weasel.Core
{
    public enum EnumStorage { AsInteger, AsString }

    public enum Casing { Default, CamelCase, SnakeCase }
}

namespace Marten
{
    public class StoreOptions
    {
        readonly EventGraph events = new();

        public StoreOptions() => Projections = new ProjectionOptions(events);

        public string DatabaseSchemaName { get; set; } = "public";
        public AutoCreate AutoCreateSchemaObjects { get; set; } = AutoCreate.CreateOrUpdate;

        /// <summary>The advisory lock under which the tables are made.</summary>
        public int ApplyChangesLockId { get; set; } = 4004;
        public IEventStoreOptions Events => events;
        public ProjectionOptions Projections { get; }

        internal EventGraph EventGraph => events;
        internal EventSerializer Serializer { get; private set; } = new(null, EnumStorage.AsInteger, Casing.Default, null);
        internal NpgsqlDataSource? DataSource { get; private set; }
        internal bool OwnsDataSource { get; private set; }

        public void Connection(string connectionString)
        {
            DataSource = NpgsqlDataSource.Create(connectionString);
            OwnsDataSource = true;
        }

        public void Connection(NpgsqlDataSource dataSource)
        {
            DataSource = dataSource;
            OwnsDataSource = false;
        }

        public void UseSystemTextJsonForSerialization(
            EnumStorage enumStorage = EnumStorage.AsInteger, Casing casing = Casing.Default, Action<JsonSerializerOptions>? configure = null) =>
            UseSystemTextJsonForSerialization(null, enumStorage, casing, configure);

        public void UseSystemTextJsonForSerialization(
            JsonSerializerOptions? options, EnumStorage enumStorage = EnumStorage.AsInteger, Casing casing = Casing.Default,
            Action<JsonSerializerOptions>? configure = null) =>
            Serializer = new EventSerializer(options, enumStorage, casing, configure);
    }
}
