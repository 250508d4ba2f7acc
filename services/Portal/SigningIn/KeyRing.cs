using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Dapper;
using Fidelity.ServiceDefaults;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Npgsql;

namespace Fidelity.Portal.SigningIn;

/// <summary>The keys by which cookies are sealed: the same for every instance of the portal and after each start.</summary>
sealed class KeyRing(NpgsqlDataSource database, ServiceSchema schema) : IXmlRepository
{
    public static readonly ReadTable Table = new("create table if not exists {schema}.key_ring (name text primary key, content text not null);");

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var connection = database.OpenConnection();
        return [.. connection.Query<string>($"select content from {schema.Name}.key_ring").Select(content => XElement.Parse(content))];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var connection = database.OpenConnection();
        connection.Execute(
            $"insert into {schema.Name}.key_ring (name, content) values (@friendlyName, @content) on conflict (name) do nothing",
            new { friendlyName, content = element.ToString(SaveOptions.DisableFormatting) });
    }
}

/// <summary>Seals those keys with the installation's secret, so that the database or a backup of it alone opens no session.</summary>
sealed class KeyEncryption(InstallationKeys keys) : IXmlEncryptor
{
    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var plain = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var nonce = RandomNumberGenerator.GetBytes(AesGcm.NonceByteSizes.MaxSize);
        var (cipher, tag) = (new byte[plain.Length], new byte[AesGcm.TagByteSizes.MaxSize]);
        using var aes = Of(keys);
        aes.Encrypt(nonce, plain, cipher, tag);
        return new(new XElement("sealed", Convert.ToBase64String([.. nonce, .. tag, .. cipher])), typeof(KeyDecryption));
    }

    public static AesGcm Of(InstallationKeys keys) => new(keys.Id("the portal's key ring").ToByteArray(), AesGcm.TagByteSizes.MaxSize);
}

/// <summary>Opens them again. The library makes it by its type, from the services.</summary>
sealed class KeyDecryption(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        var content = Convert.FromBase64String(encryptedElement.Value).AsSpan();
        var nonce = content[..AesGcm.NonceByteSizes.MaxSize];
        var tag = content[nonce.Length..][..AesGcm.TagByteSizes.MaxSize];
        var cipher = content[(nonce.Length + tag.Length)..];
        var plain = new byte[cipher.Length];
        using var aes = KeyEncryption.Of(services.GetRequiredService<InstallationKeys>());
        aes.Decrypt(nonce, cipher, tag, plain);
        return XElement.Parse(Encoding.UTF8.GetString(plain));
    }
}
