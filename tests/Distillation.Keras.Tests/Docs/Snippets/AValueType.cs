// <snippet A_value_type>
using System.Text.Json.Nodes;
using Distillation.Keras;
using Distillation.Keras.Layers;
using Distillation.Keras.Saving;
using static TorchSharp.torch;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/extending.md.</summary>
public sealed class AValueType
{
    [Test]
    public void A_value_type()
    {
        // <snippet A_value_type>
        KerasSerializer.Register<Clip>();
        var model = new Sequential(new Input(3), new Clip(0.5f));
        Model read = Model.FromJson(model.ToJson());
        // </snippet>
        Assert.That(((Clip)read.Layers[0]).Interval, Is.EqualTo(new Interval(-0.5f, 0.5f)));
        Assert.That(model.ToJson(), Does.Contain("\"interval\":[-0.5,0.5]"));
    }

    // <snippet A_value_type>
    /// <summary>From a lower end to an upper one: a list of two numbers in JSON.</summary>
    public readonly record struct Interval(float Low, float High) : IConfigValue<Interval>
    {
        public static Interval FromJson(JsonNode node) => new(node[0]!.GetValue<float>(), node[1]!.GetValue<float>());

        public JsonNode ToJson() => new JsonArray(Low, High);
    }

    /// <summary>Brings what lies outside of an interval to its nearer end.</summary>
    public sealed class Clip : Layer
    {
        [ConfigConstructor]
        public Clip(Interval interval, string? name = null)
            : base(name) => Interval = interval;

        public Clip(float limit)
            : this(new Interval(-limit, limit))
        {
        }

        public Interval Interval { get; }

        protected override Tensor Forward(Tensor input, CallContext context) => nn.functional.hardtanh(input, Interval.Low, Interval.High);
    }
    // </snippet>
}
