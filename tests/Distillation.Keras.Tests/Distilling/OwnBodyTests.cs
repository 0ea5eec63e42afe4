using Distillation.Keras.Layers;
using Distillation.Keras.Regularizers;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Distilling;

/// <summary>Teachers and students whose body is a class of one's own.</summary>
public sealed class OwnBodyTests
{
    private sealed class Body(string name) : Model(name)
    {
        private readonly List<Layer> _layers = [new Dense(8, activation: "relu"), new Dense(6, activation: "relu")];

        protected override Tensor Forward(Tensor input, CallContext context) => _layers.Aggregate(input, (x, layer) => layer.Call(x));
    }

    private static Model Classifier(string name)
    {
        Input x = new(4);
        return new Model(x, new Dense(3, activation: "softmax").Apply(new Body(name).Apply(x)));
    }

    [Test]
    public void A_body_of_ones_own_before_a_last_layer_teaches_and_learns()
    {
        float[,] x = new float[12, 4];
        for (int i = 0; i < 48; i++)
        {
            x[i / 4, i % 4] = (i * 7 % 11) / 11f;
        }

        Model teacher = Classifier("large");
        Model student = Classifier("small");
        NDArray[] before = [.. student.GetWeights()];
        DistillationResult result = new Distiller(teacher).WithStudent(student).WithSeed(3).Fit(x, epochs: 20, verbose: 0);
        NDArray[] after = [.. student.GetWeights()];
        Assert.That(result.History["soft_loss"][^1], Is.LessThan(result.History["soft_loss"][0]));
        Assert.That(before, Has.Length.EqualTo(6));
        Assert.That(before[0].ToArray<float>(), Is.Not.EqualTo(after[0].ToArray<float>()), "the body is trained, too");
        foreach (NDArray array in before.Concat(after))
        {
            array.Dispose();
        }
    }

    private sealed class OwnRegularizer : Regularizer
    {
        public override Tensor Call(Tensor x) => x.add(ones(3, 7)).sum();
    }

    [Test]
    public void A_regularizer_of_ones_own_is_named_by_its_weight()
    {
        using DisposeScope scope = NewDisposeScope();
        var student = new Sequential(
            [new Input(4), new Dense(3, "softmax", kernel_regularizer: new OwnRegularizer(), name: "last")],
            name: "student"
        );
        Assert.That(
            () => new Distiller(Classifier("large")).WithStudent(student).Fit(zeros(6, 4), verbose: 0),
            Throws.InvalidOperationException.With.Message.StartsWith(
                "The regularizer OwnRegularizer of the weight student/last/kernel failed in Distiller.Fit of 'student'"
            )
        );
    }

    [Test]
    public void What_is_a_class_to_its_end_is_refused_by_name()
    {
        using DisposeScope scope = NewDisposeScope();
        var body = new Body("body");
        body.Call(zeros(2, 4));
        Assert.That(
            () => new Distiller(body),
            Throws.InvalidOperationException.With.Message.Contains("'body'").And.Message.Contains("Dense(classes)")
        );
        Input x = new(4);
        Assert.That(
            () => new Distiller(new Model(x, body.Apply(x))),
            Throws.InstanceOf<NotSupportedException>().With.Message.Contains("'body'")
        );
    }
}
