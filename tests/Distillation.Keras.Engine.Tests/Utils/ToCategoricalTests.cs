using System.Text.Json;
using NumSharp;

namespace Distillation.Keras.Engine.Tests.UtilsTests;

/// <summary>Against what Keras itself gave (tests/Fixtures/to_categorical.json).</summary>
[TestFixture]
public class ToCategoricalTests
{
    // The calls of the fixture, which names them in Python.
    private static readonly Dictionary<string, Func<NDArray>> Calls = new()
    {
        ["[0, 2, 1]"] = () => Utils.ToCategorical(new[] { 0, 2, 1 }),
        ["[0, 2, 1], num_classes=5"] = () => Utils.ToCategorical(new[] { 0, 2, 1 }, 5),
        ["column (n, 1)"] = () =>
            Utils.ToCategorical(
                new[,]
                {
                    { 0 },
                    { 2 },
                    { 1 },
                },
                num_classes: 3
            ),
        ["(2, 2)"] = () =>
            Utils.ToCategorical(
                new[,]
                {
                    { 0, 1 },
                    { 2, 1 },
                },
                3
            ),
        ["(2, 2, 1)"] = () =>
            Utils.ToCategorical(
                new[,,]
                {
                    {
                        { 0 },
                        { 1 },
                    },
                    {
                        { 2 },
                        { 1 },
                    },
                },
                3
            ),
        ["(1, 1)"] = () =>
            Utils.ToCategorical(
                new[,]
                {
                    { 1 },
                },
                3
            ),
        ["a scalar 2"] = () => Utils.ToCategorical(2, 4),
        ["floats [0.9, 1.2]"] = () => Utils.ToCategorical(new[] { 0.9, 1.2 }, 3),
        ["booleans"] = () => Utils.ToCategorical(new[] { true, false }),
        ["label 3 with num_classes=3"] = () => Utils.ToCategorical(new[] { 0, 3 }, 3),
        ["label -1"] = () => Utils.ToCategorical(new[] { 0, -1 }, 3),
        ["label -1, num_classes=None"] = () => Utils.ToCategorical(new[] { 0, 2, -1 }),
        ["label -4, num_classes=3"] = () => Utils.ToCategorical(new[] { 0, -4 }, 3),
        ["empty"] = () => Utils.ToCategorical(Array.Empty<int>()),
        ["empty, num_classes=3"] = () => Utils.ToCategorical(Array.Empty<int>(), 3),
        ["num_classes=0"] = () => Utils.ToCategorical(new[] { 0, 1 }, 0),
        ["strings"] = () => Utils.ToCategorical("ab"),
        ["uint8 labels"] = () => Utils.ToCategorical(new byte[] { 1, 0 }),
        ["dtype of the result"] = () => Utils.ToCategorical(new[] { 0, 1 }),
        ["already one-hot (2, 3)"] = () =>
            Utils.ToCategorical(
                new[,]
                {
                    { 1.0, 0.0, 0.0 },
                    { 0.0, 1.0, 0.0 },
                }
            ),
    };

    public static IEnumerable<TestCaseData> Cases()
    {
        foreach (JsonElement entry in Fixture().GetProperty("utils").EnumerateArray())
        {
            string what = entry.GetProperty("what").GetString()!;
            yield return new TestCaseData(what, entry).SetArgDisplayNames(what);
        }
    }

    [TestCaseSource(nameof(Cases))]
    public void Keras_gave_the_same(string what, JsonElement entry)
    {
        Assert.That(Calls, Contains.Key(what));
        if (entry.GetProperty("outcome").GetString() == "refused")
        {
            // IndexError is "out of range" in .NET's words, ValueError an argument that is wrong in itself.
            bool index = entry.GetProperty("error").GetString() == "IndexError";
            Assert.That(() => Calls[what](), index ? Throws.TypeOf<ArgumentOutOfRangeException>() : Throws.TypeOf<ArgumentException>());
            return;
        }

        using NDArray result = Calls[what]();
        JsonElement value = entry.GetProperty("value");
        if (what == "dtype of the result")
        {
            Assert.That(result.typecode.AsNumpyDtypeName(), Is.EqualTo(value.GetString()));
        }
        else if (what == "already one-hot (2, 3)")
        {
            Assert.That(result.shape, Is.EqualTo(value.EnumerateArray().Select(v => v.GetInt64())));
        }
        else
        {
            Assert.That(result.shape, Is.EqualTo(value.GetArrayLength() == 0 ? [0, 3] : ShapeOf(value).ToArray()));
            Assert.That(result.ToArray<double>(), Is.EqualTo(ValuesOf(value)));
        }
    }

    [Test]
    public void A_label_out_of_range_is_told_with_its_place_and_the_range() =>
        Assert.That(
            () => Utils.ToCategorical(new[] { 0, 1, 3 }, 3),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("from 0 to 2").And.Message.Contains("at place 2 is 3")
        );

    [TestCase(double.NaN, null)]
    [TestCase(double.NaN, 3)]
    [TestCase(double.PositiveInfinity, null)]
    [TestCase(double.NegativeInfinity, 3)]
    public void Labels_that_are_not_finite_are_refused(double label, int? classes) =>
        Assert.That(() => Utils.ToCategorical(new[] { 0.0, label }, classes), Throws.ArgumentException.With.Message.Contains("finite"));

    [Test]
    public void Labels_of_every_kind_of_array_and_a_list_do()
    {
        using NDArray list = Utils.ToCategorical([1, 0]);
        using NDArray bytes = Utils.ToCategorical(new byte[] { 1, 0 });
        using NDArray longs = Utils.ToCategorical(new long[] { 1, 0 });
        using NDArray array = Utils.ToCategorical(np.array(1, 0));
        using NDArray one = Utils.ToCategorical([1]);
        Assert.Multiple(() =>
        {
            foreach (NDArray? result in new[] { list, bytes, longs, array })
            {
                Assert.That(result.ToArray<double>(), Is.EqualTo(new double[] { 0, 1, 1, 0 }));
            }

            Assert.That(one.shape, Is.EqualTo(new long[] { 1, 2 }));
        });
    }

    [Test]
    public void A_negative_number_of_classes_is_refused() =>
        Assert.That(() => Utils.ToCategorical(new[] { 0 }, -1), Throws.TypeOf<ArgumentOutOfRangeException>());

    [Test]
    public void A_label_too_large_for_an_array_is_refused() =>
        Assert.That(() => Utils.ToCategorical(new[] { long.MaxValue }), Throws.TypeOf<ArgumentOutOfRangeException>());

    [Test]
    public void A_transposed_view_is_read_in_its_own_order()
    {
        using NDArray labels = np.arange(6).reshape(2, 3).T;
        using NDArray result = Utils.ToCategorical(labels, 6);
        IEnumerable<int> ones = result.ToArray<double>().Select((v, i) => (v, i)).Where(item => item.v == 1).Select(item => item.i % 6);
        Assert.That(result.shape, Is.EqualTo(new long[] { 3, 2, 6 }));
        Assert.That(ones, Is.EqualTo(new[] { 0, 3, 1, 4, 2, 5 }));
    }

    private static JsonElement Fixture()
    {
        using var document = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(Repository.Root, "tests", "Fixtures", "to_categorical.json"))
        );
        return document.RootElement.Clone();
    }

    private static IEnumerable<long> ShapeOf(JsonElement value)
    {
        for (; value.ValueKind == JsonValueKind.Array; value = value[0])
        {
            yield return value.GetArrayLength();
        }
    }

    private static IEnumerable<double> ValuesOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().SelectMany(ValuesOf) : [value.GetDouble()];
}
