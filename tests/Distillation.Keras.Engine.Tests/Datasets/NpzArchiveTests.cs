using System.Runtime.InteropServices;
using NumSharp;

namespace Distillation.Keras.Engine.Tests.DatasetTests;

/// <summary>NumPy archives, written byte by byte after NumPy's description of the format.</summary>
internal sealed class NpzArchiveTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    public void Each_type_of_numbers_is_read()
    {
        Write(
            ("b1", "|b1", Bytes<byte>(1, 0)),
            ("u1", "|u1", Bytes<byte>(1, 200)),
            ("i1", "|i1", Bytes<sbyte>(1, -100)),
            ("u2", "<u2", Bytes<ushort>(1, 60000)),
            ("i2", "<i2", Bytes<short>(1, -30000)),
            ("u4", "<u4", Bytes<uint>(1, 4000000000)),
            ("i4", "<i4", Bytes<int>(1, -2000000000)),
            ("u8", "<u8", Bytes<ulong>(1, 1UL << 63)),
            ("i8", "<i8", Bytes<long>(1, long.MinValue)),
            ("f2", "<f2", Bytes((Half)1, (Half)0.5)),
            ("f4", "<f4", Bytes(1f, 0.1f)),
            ("f8", "<f8", Bytes(1.0, 0.1))
        );
        IReadOnlyDictionary<string, NDArray> arrays = NpzArchive.Read(_folder["a.npz"]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(arrays, Has.Count.EqualTo(12));
            Assert.That(arrays.Values, Has.All.Matches<NDArray>(a => a.shape.SequenceEqual([2L])));
            Second("b1", false);
            Second("u1", (byte)200);
            Second("i1", (sbyte)-100);
            Second("u2", (ushort)60000);
            Second("i2", (short)-30000);
            Second("u4", 4000000000);
            Second("i4", -2000000000);
            Second("u8", 1UL << 63);
            Second("i8", long.MinValue);
            Second("f2", (Half)0.5);
            Second("f4", 0.1f);
            Second("f8", 0.1);
        }

        void Second<T>(string name, T value)
            where T : unmanaged
        {
            using NDArray array = arrays[name];
            Assert.That(array.GetValue<T>(1), Is.EqualTo(value), name);
        }
    }

    [TestCase("<U3")]
    [TestCase("|O")]
    [TestCase(">f4")]
    public void Other_types_are_refused_by_name(string type)
    {
        Write(("names", type, new byte[24]));
        Assert.That(
            () => NpzArchive.Read(_folder["a.npz"]),
            Throws
                .TypeOf<InvalidDataException>()
                .With.Message.Contains("'names'")
                .And.Message.Contains(type)
                .And.Message.Contains("numpy.savez")
        );
    }

    [Test]
    public void What_is_no_archive_or_missing_is_refused()
    {
        _folder.Write([1, 2, 3], "a.npz");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => NpzArchive.Read(_folder["a.npz"]), Throws.TypeOf<InvalidDataException>().With.Message.Contains("a.npz"));
            Assert.That(() => NpzArchive.Read(_folder["b.npz"]), Throws.TypeOf<FileNotFoundException>());
        }
    }

    private static byte[] Bytes<T>(params T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes<T>(values).ToArray();

    private void Write(params (string Name, string Type, byte[] Values)[] arrays) =>
        _folder.Write(SmallDataset.Zip([.. arrays.Select(a => (a.Name + ".npy", SmallDataset.Npy("(2,)", a.Values, a.Type)))]), "a.npz");
}
