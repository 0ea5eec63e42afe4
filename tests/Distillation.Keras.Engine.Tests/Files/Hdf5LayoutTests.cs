using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Distillation.Keras.Files;
using Distillation.Keras.Files.Hdf5;
using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Files;

/// <summary>Each way in which HDF5 lists chunks, and each type of numbers, beside what h5py reads.</summary>
[TestFixture]
public sealed class Hdf5LayoutTests
{
    private const int Mutations = 100;

    private static IEnumerable<string> Files => Hdf5Fixtures.Index.Select(f => f.Key);

    [TestCaseSource(nameof(Files))]
    public void It_reads_what_h5py_reads(string file)
    {
        using DisposeScope scope = NewDisposeScope();
        Hdf5Group root = Open(Hdf5Fixtures.Bytes(file + ".h5"));
        using (Assert.EnterMultipleScope())
        {
            foreach ((string name, JsonNode? expected) in Hdf5Fixtures.Index[file]!.AsObject())
            {
                var array = StoredArray.Of(root.Dataset(name)!);
                array.Check();
                Tensor values = array.Read();
                string type = values.dtype is ScalarType.Byte ? "uint8" : values.dtype.ToString().ToLowerInvariant();
                Assert.That(type, Is.EqualTo((string?)expected!["dtype"]), name);
                Assert.That(values.shape, Is.EqualTo(expected["shape"]!.AsArray().Select(s => (long)s!)), name);
                byte[] bytes = values.numel() == 0 ? [] : values.bytes.ToArray();
                Assert.That(bytes.AsSpan().SequenceEqual(Hdf5Fixtures.Bytes($"{file}/{name}")), Is.True, name);
            }
        }
    }

    [Test]
    public void A_tree_of_several_levels_lists_all_links()
    {
        Hdf5Group root = Open(Hdf5Fixtures.Bytes("long.h5"));
        Assert.That(root.Group("links")!.Children.Keys, Is.EquivalentTo(Enumerable.Range(0, 2500).Select(i => $"link_{i}")));
    }

    [TestCase("too_large", "2^63 - 1")]
    [TestCase("too_large_chunks", "2^63 - 1")]
    [TestCase("too_large_never", "2^63 - 1")]
    [TestCase("no_bool", "neither FALSE nor TRUE")]
    public void Values_that_no_tensor_has_are_refused_before_and_while_they_are_read(string name, string expected)
    {
        using DisposeScope scope = NewDisposeScope();
        var array = StoredArray.Of(Open(Hdf5Fixtures.Bytes("refused.h5")).Dataset(name)!);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(array.Type, Is.Not.Null);
            Assert.That(array.Check, Throws.TypeOf<ModelFormatException>().With.Message.Contains(expected).And.Message.Contains(name));
            Assert.That(() => array.Read(), Throws.TypeOf<ModelFormatException>().With.Message.Contains(expected));
        }
    }

    [TestCase("colours")]
    [TestCase("complex")]
    [TestCase("extended")]
    public void Types_that_no_tensor_has_are_refused_by_name(string name)
    {
        var array = StoredArray.Of(Open(Hdf5Fixtures.Bytes("refused.h5")).Dataset(name)!);
        var model = new Sequential(new Input(2), new Dense(3));
        string? misfit = LoadPlan.Misfit(model.Weights[0], array);
        Assert.That(misfit, Does.Contain(name).And.Contain("compound").And.Contain("up to 64 bits"));
    }

    [TestCase("le_u2_whole", ScalarType.Int16, "int16, which has not all numbers of uint16")]
    [TestCase("be_u4_chunks", ScalarType.Int32, "int32, which has not all numbers of uint32")]
    [TestCase("le_u2_whole", ScalarType.Int32, null)]
    [TestCase("le_u8_whole", ScalarType.Int64, null)]
    [TestCase("le_u8_whole", ScalarType.Float32, null)]
    [TestCase("le_u1_whole", ScalarType.Int32, null)]
    public void Unsigned_numbers_go_into_weights_that_have_each_of_them(string name, ScalarType type, string? expected)
    {
        using DisposeScope scope = NewDisposeScope();
        var array = StoredArray.Of(Open(Hdf5Fixtures.Bytes("types.h5")).Dataset(name)!);
        var weight = new Variable(zeros(array.Shape, type), "weight", trainable: false);
        Assert.That(LoadPlan.Misfit(weight, array), expected is null ? Is.Null : Does.Contain(expected).And.Contain(name));
        StoredArray turned = array.Changed(values => values.t(), [array.Shape[1], array.Shape[0]]);
        Assert.That(turned.IsWidened, Is.EqualTo(array.IsWidened));
    }

    [TestCase("overlap", "share bytes")]
    [TestCase("twice", "there twice")]
    [TestCase("size", "has 1 bytes, which cannot be 4800 when unpacked")]
    public void Chunks_that_would_be_more_than_the_file_holds_are_refused(string name, string expected)
    {
        Assert.That(() => Open(Hdf5Fixtures.Bytes("tree_none.h5")), Throws.Nothing);
        Assert.That(
            () => Open(Hdf5Fixtures.Bytes($"tree_{name}.h5")),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains(expected).And.Message.Contains("/two")
        );
    }

    [Test]
    public void A_file_that_ends_before_a_checksum_is_refused()
    {
        byte[] file = Hdf5Fixtures.Bytes("latest.h5");
        for (int length = 0; length < 48; length++)
        {
            Assert.That(() => Open(file[..length]), Throws.TypeOf<ModelFormatException>(), $"{length} bytes");
        }
    }

    [TestCaseSource(nameof(Files))]
    public void A_damaged_file_is_refused_or_read(string file)
    {
        byte[] sound = Hdf5Fixtures.Bytes(file + ".h5");
        int refused = 0;
        for (int seed = 0; seed < Mutations; seed++)
        {
            using DisposeScope scope = NewDisposeScope();
            try
            {
                byte[] damaged = FileMutations.Of(sound, new Random(seed));
                ReadAll(Open(seed % 2 == 0 ? damaged : WithChecksums(damaged)));
            }
            catch (ModelFormatException)
            {
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}: {e}");
            }
        }

        Assert.That(refused, Is.GreaterThan(Mutations / 10));
    }

    // Heads of lists and trees get the checksum that they have now, without which no damage of theirs would go further.
    private static byte[] WithChecksums(byte[] file)
    {
        foreach (
            (byte[] signature, int length) in (ReadOnlySpan<(byte[], int)>)[([.. "FAHD"u8], 28), ([.. "EAHD"u8], 72), ([.. "BTHD"u8], 38)]
        )
        {
            int at = -1;
            while (file.AsSpan(at + 1).IndexOf(signature) is int next and >= 0)
            {
                at += 1 + next;
                if (at + length <= file.Length)
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at + length - 4), Hdf5Checksum.Of(file.AsSpan(at, length - 4)));
                }
            }
        }

        return file;
    }

    private static void ReadAll(Hdf5Group group)
    {
        foreach (
            Hdf5Object child in group.Children.Values.DistinctBy(c => c.Path.Contains("/link_", StringComparison.Ordinal) ? "" : c.Path)
        )
        {
            if (child is Hdf5Group below)
            {
                ReadAll(below);
            }
            else if (StoredArray.Of((Hdf5Dataset)child) is { Type: not null } array)
            {
                using DisposeScope scope = NewDisposeScope();
                array.Check();
                array.Read();
            }
        }
    }

    private static Hdf5Group Open(byte[] file) => Hdf5File.Read(new MemoryStream(file));
}
