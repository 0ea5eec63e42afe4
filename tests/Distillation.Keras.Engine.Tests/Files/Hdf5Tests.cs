using Distillation.Keras.Files.Hdf5;
using PureHDF;
using PureHDF.VOL.Native;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Files;

/// <summary>The reader of HDF5 beside PureHDF, and the writer beside the reader.</summary>
[TestFixture]
public sealed class Hdf5Tests
{
    private static IEnumerable<string> Names => ModelFixtures.Names.Where(n => n.EndsWith(".h5", StringComparison.Ordinal));

    [TestCaseSource(nameof(Names))]
    public void It_reads_what_PureHDF_reads(string name)
    {
        byte[] file = ModelFixtures.Bytes(name);
        Hdf5Group root = Hdf5File.Read(new MemoryStream(file));
        using NativeFile other = H5File.Open(new MemoryStream(file));
        Compare(root, other);
    }

    [Test]
    public void It_reads_what_was_written_of_each_type()
    {
        ScalarType[] types =
        [
            ScalarType.Float16,
            ScalarType.BFloat16,
            ScalarType.Float32,
            ScalarType.Float64,
            ScalarType.Int8,
            ScalarType.Int16,
            ScalarType.Int32,
            ScalarType.Int64,
            ScalarType.Byte,
        ];
        var tree = new Hdf5Tree();
        tree.Set("text", "naïve \u4e2d");
        tree.Set("list", ["a", string.Empty, new string('b', 300)]);
        tree.Set("none", []);
        tree.Set("long", new string('c', 200_000));
        foreach (ScalarType type in types)
        {
            Tensor values = arange(24).view(2, 3, 4).to(type);
            tree.Add($"all/{type}", () => values);
            tree.Add($"turned/{type}", () => values.permute(2, 0, 1));
            tree.Add($"scalar/{type}", () => values[1, 1, 1]);
            tree.Add($"empty/{type}", () => values.narrow(0, 0, 0));
        }

        var stream = new MemoryStream();
        Hdf5Writer.Write(stream, tree);
        Hdf5Group root = Hdf5File.Read(stream);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(root.Attributes["text"].Text, Is.EqualTo("naïve \u4e2d"));
            Assert.That(root.Attributes["list"].List, Is.EqualTo(new[] { "a", string.Empty, new string('b', 300) }));
            Assert.That(root.Attributes["none"].List, Is.Empty);
            Assert.That(root.Attributes["long"].Text, Has.Length.EqualTo(200_000));
            foreach (ScalarType type in types)
            {
                Tensor values = arange(24).view(2, 3, 4).to(type);
                foreach (
                    (string name, Tensor expected) in (IEnumerable<(string, Tensor)>)
                        [
                            ("all", values),
                            ("turned", values.permute(2, 0, 1)),
                            ("scalar", values[1, 1, 1]),
                            ("empty", values.narrow(0, 0, 0)),
                        ]
                )
                {
                    var array = Keras.Files.StoredArray.Of(root.Dataset($"{name}/{type}")!);
                    Assert.That(array.Type, Is.EqualTo(type), name);
                    Assert.That(array.Shape, Is.EqualTo(expected.shape), name);
                    Assert.That(array.Read().equal(expected).all().item<bool>(), Is.True, $"{name}/{type}");
                }
            }
        }
    }

    [Test]
    public void Its_checksum_is_lookup3()
    {
        // The examples in Bob Jenkins' own file.
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Hdf5Checksum.Of([]), Is.EqualTo(0xdeadbeef));
            Assert.That(Hdf5Checksum.Of("Four score and seven years ago"u8), Is.EqualTo(0x17770551));
        }
    }

    private static void Compare(Hdf5Group group, IH5Group other)
    {
        // Of names beyond ASCII it does not list all.
        Assert.That(group.Children.Keys, Is.SupersetOf(other.Children().Select(c => c.Name)));
        foreach (IH5Object child in other.Children())
        {
            if (child is IH5Group below)
            {
                Compare((Hdf5Group)group.Children[child.Name], below);
                continue;
            }

            var dataset = (Hdf5Dataset)group.Children[child.Name];
            Assert.That(FileContents.Bytes(dataset), Is.EqualTo(((IH5Dataset)child).Read<byte[]>()), dataset.Path);
            Assert.That(dataset.Shape, Is.EqualTo(((IH5Dataset)child).Space.Dimensions.Select(d => (long)d)), dataset.Path);
        }
    }
}
