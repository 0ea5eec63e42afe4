using System.Text.Json.Nodes;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Saving;

namespace Distillation.Keras.Engine.Tests.Configurations;

/// <summary>Values that bring their own form in configurations.</summary>
public sealed class ConfigValueTests
{
    /// <summary>A pair of numbers, as a list.</summary>
    public readonly record struct Range : IConfigValue<Range>
    {
        public Range(double low, double high)
        {
            if (low > high)
            {
                throw new ArgumentOutOfRangeException(nameof(low), "A range goes from its lower end to its upper one.");
            }

            (Low, High) = (low, high);
        }

        public double Low { get; }

        public double High { get; }

        public static Range FromJson(JsonNode node) =>
            node.AsArray() is [JsonValue low, JsonValue high]
                ? new(low.GetValue<double>(), high.GetValue<double>())
                : throw new FormatException("A range is two numbers.");

        public JsonNode ToJson() => new JsonArray(Low, High);
    }

    /// <summary>A base class of values, of which derived ones are written each in its way.</summary>
    public abstract class Border : IConfigValue<Border>
    {
        public static Border FromJson(JsonNode node) =>
            node is JsonArray pair ? new TwoSides(pair[0]!.GetValue<int>(), pair[1]!.GetValue<int>()) : new OneSide(node.GetValue<int>());

        public abstract JsonNode ToJson();
    }

    public sealed class OneSide(int width) : Border
    {
        public int Width { get; } = width;

        public override JsonNode ToJson() => Width;
    }

    public sealed class TwoSides(int left, int right) : Border
    {
        // The same node each time: it may be in one configuration already.
        private readonly JsonArray _json = new(left, right);

        public (int Left, int Right) Widths { get; } = (left, right);

        public override JsonNode ToJson() => _json;
    }

    public sealed class Broken : IConfigValue<Broken>
    {
        public static Broken FromJson(JsonNode node) => null!;

        public JsonNode ToJson() => null!;
    }

    public sealed class Bounded(
        Range range,
        Border border,
        Range? other = null,
        Range[]? several = null,
        IReadOnlyList<Border>? borders = null,
        string? name = null
    ) : ConfigConstructorTests.Same(name)
    {
        public Range Range { get; } = range;

        public Border Border { get; } = border;

        public Range? Other { get; } = other;

        public Range[]? Several { get; } = several;

        public IReadOnlyList<Border>? Borders { get; } = borders;
    }

    public sealed class HoldsBroken(Broken broken) : ConfigConstructorTests.Same
    {
        public Broken Broken { get; } = broken;
    }

    public sealed class HoldsADate(DateTime date) : ConfigConstructorTests.Same
    {
        public DateTime Date { get; } = date;
    }

    [OneTimeSetUp]
    public void Register()
    {
        KerasSerializer.Register<Bounded>();
        KerasSerializer.Register<HoldsBroken>();
        KerasSerializer.Register<HoldsADate>();
    }

    private static Layer Read(string className, string config) =>
        KerasSerializer.Deserialize<Layer>(new JsonObject { ["class_name"] = className, ["config"] = JsonNode.Parse(config) });

    [Test]
    public void Values_of_ones_own_are_written_in_their_form_and_read()
    {
        var both = new TwoSides(1, 2);
        var layer = new Bounded(new(0, 0.5), both, new(1, 2), [new(3, 4)], [both, new OneSide(3)], name: "bounded");
        JsonObject written = KerasSerializer.Serialize(layer);
        JsonNode expected = JsonNode.Parse(
            """
            {"name": "bounded", "trainable": true, "range": [0.0, 0.5], "border": [1, 2], "other": [1.0, 2.0],
             "several": [[3.0, 4.0]], "borders": [[1, 2], 3]}
            """
        )!;
        Assert.That(JsonNode.DeepEquals(JsonNode.Parse(written["config"]!.ToJsonString()), expected), written["config"]!.ToJsonString());
        var read = (Bounded)Read("Bounded", written["config"]!.ToJsonString());
        Assert.That(
            (read.Range, read.Other, read.Several, ((TwoSides)read.Border).Widths),
            Is.EqualTo((layer.Range, layer.Other, layer.Several, (1, 2)))
        );
        Assert.That(read.Borders!.Select(b => b.GetType()), Is.EqualTo(new[] { typeof(TwoSides), typeof(OneSide) }));
        Assert.That(((Bounded)Read("Bounded", """{"range": [0, 1], "border": 3}""")).Other, Is.Null);
    }

    [Test]
    public void A_copy_shares_them()
    {
        var layer = new Bounded(new(0, 1), new OneSide(2));
        Assert.That(((Bounded)new Sequential(new Input(2), layer).Clone().Layers[0]).Border, Is.SameAs(layer.Border));
        var dense = new Dense(2, dtype: "float64");
        Assert.That(
            new Sequential(new Input(2), dense).Clone().Layers[0].Dtype,
            Is.SameAs(dense.Dtype),
            "objects of Keras that are values"
        );
    }

    [TestCase("""{"range": 3, "border": 1}""", "JsonArray")]
    [TestCase("""{"range": [1], "border": 1}""", "A range is two numbers.")]
    [TestCase("""{"range": [1, "a"], "border": 1}""", "converted")]
    [TestCase("""{"range": [2, 1], "border": 1}""", "from its lower end to its upper one.")]
    [TestCase("""{"range": null, "border": 1}""", "null")]
    public void What_is_no_such_value_is_refused_with_the_argument_and_the_types_own_words(string config, string words) =>
        Assert.That(
            () => Read("Bounded", config),
            Throws
                .ArgumentException.With.Message.StartsWith("Bounded: the argument 'range' should be a Range")
                .And.Message.Contains(words)
                .And.Message.Not.Contains("Parameter")
        );

    [TestCase("[1]")]
    [TestCase("[1, null]")]
    [TestCase("{}")]
    [TestCase("1e99")]
    public void A_careless_reader_ends_in_the_same_exception(string border) =>
        Assert.That(
            () => Read("Bounded", $$"""{"range": [0, 1], "border": {{border}} }"""),
            Throws.ArgumentException.With.Message.StartsWith("Bounded: the argument 'border' should be a Border")
        );

    [Test]
    public void Forms_that_are_null_are_refused()
    {
        Assert.That(
            () => KerasSerializer.Serialize(new HoldsBroken(new Broken())),
            Throws.InvalidOperationException.With.Message.Contains("Broken.ToJson gave null")
        );
        Assert.That(
            () => Read("HoldsBroken", """{"broken": 1}"""),
            Throws.ArgumentException.With.Message.Contains("'broken'").And.Message.Contains("Broken.FromJson gave null")
        );
    }

    [Test]
    public void A_type_without_a_form_is_refused_either_way_with_the_remedy()
    {
        Assert.That(
            () => KerasSerializer.Serialize(new HoldsADate(new(2026, 1, 1))),
            Throws.InstanceOf<NotSupportedException>().With.Message.Contains("'date'").And.Message.Contains("IConfigValue")
        );
        Assert.That(
            () => Read("HoldsADate", """{"date": "2026-01-01"}"""),
            Throws.InstanceOf<NotSupportedException>().With.Message.Contains("'date'").And.Message.Contains("IConfigValue<DateTime>")
        );
    }

    private static IEnumerable<TestCaseData> Forms()
    {
        yield return Form<Shape>("[null,28,1]", new Shape([null, 28, 1]));
        yield return Form<Shape>("4", new Shape(4), "[4]");
        yield return Form<Size>("[3,2]", new Size(3, 2));
        yield return Form<Size>("3", new Size(3), "[3]");
        yield return Form<Axes>("-1", new Axes(-1));
        yield return Form<Axes>("[0,1]", new Axes(0, 1));
        yield return Form<TargetShape>("[7,-1]", new TargetShape(7, -1));
        yield return Form<Padding1D>("[1,2]", new Padding1D(1, 2));
        yield return Form<Padding2D>("[[1,2],[3,4]]", new Padding2D(1, 2, 3, 4));
        yield return Form<Padding3D>("[1,2,3]", new Padding3D(1, 1, 2, 2, 3, 3), "[[1,1],[2,2],[3,3]]");
        yield return Form<ActivationFunction>("\"relu\"", ActivationFunction.Get("relu"));
        yield return Form<ActivationFunction>("""{"class_name":"function","config":"relu"}""", ActivationFunction.Get("relu"), "\"relu\"");

        static TestCaseData Form<T>(string json, T value, string? written = null)
            where T : IConfigValue<T> =>
            new TestCaseData(T.FromJson(JsonNode.Parse(json)!), value, value.ToJson().ToJsonString(), written ?? json).SetArgDisplayNames(
                typeof(T).Name,
                json
            );
    }

    [TestCaseSource(nameof(Forms))]
    public void Values_of_the_library_have_Keras_form(object read, object value, string text, string expected)
    {
        Assert.That(read.Equals(value), $"{read}");
        Assert.That(text, Is.EqualTo(expected));
    }

    [TestCase("""{"units": 3, "dtype": "float31"}""", "'dtype'", "float32")]
    [TestCase("""{"units": 3, "activation": "rellu"}""", "'activation'", "'relu'")]
    [TestCase("""{"units": 2.5}""", "'units'", "an integer")]
    public void The_librarys_own_say_the_class_and_the_argument_too(string config, string argument, string words) =>
        Assert.That(
            () => Read("Dense", config),
            Throws.ArgumentException.With.Message.StartsWith("Dense: the argument " + argument).And.Message.Contains(words)
        );

    [Test]
    public void A_learning_rate_is_a_number_or_a_schedule()
    {
        static Optimizer Read(string rate) =>
            KerasSerializer.Deserialize<Optimizer>(
                new JsonObject
                {
                    ["class_name"] = "SGD",
                    ["config"] = new JsonObject { ["learning_rate"] = JsonNode.Parse(rate) },
                }
            );
        Assert.That(Read("0.5").LearningRate, Is.EqualTo(0.5));
        Assert.That(
            Read(
                """{"class_name": "ExponentialDecay", "config": {"initial_learning_rate": 0.25, "decay_steps": 10, "decay_rate": 0.5}}"""
            ).Schedule,
            Is.TypeOf<Keras.Optimizers.Schedules.ExponentialDecay>()
        );
        Assert.That(() => Read("\"fast\""), Throws.ArgumentException.With.Message.Contains("SGD: the argument 'learning_rate'"));
        Assert.That(
            () => Read("-1"),
            Throws.ArgumentException.With.Message.Contains("SGD: the argument 'learning_rate'").And.Message.Contains("-1")
        );
    }
}
