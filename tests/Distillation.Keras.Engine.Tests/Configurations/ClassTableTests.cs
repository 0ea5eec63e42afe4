using Distillation.Keras.Layers;
using Distillation.Keras.Losses;
using Distillation.Keras.Metrics;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Saving;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Configurations;

/// <summary>Each name is that of one class.</summary>
public sealed class ClassTableTests
{
    public static class First
    {
        public sealed class Twin : ConfigConstructorTests.Same;

        [Identifiers("gap")]
        public sealed class Gap() : Loss(null)
        {
            protected internal override Tensor Forward(Tensor y_true, Tensor y_pred) => y_pred;
        }
    }

    public static class Second
    {
        public sealed class Twin : ConfigConstructorTests.Same;

        [Identifiers("second_twin", "shared")]
        public sealed class OtherGap() : Loss(null)
        {
            protected internal override Tensor Forward(Tensor y_true, Tensor y_pred) => y_pred;
        }

        [Identifiers("shared")]
        public sealed class Gap() : Loss(null)
        {
            protected internal override Tensor Forward(Tensor y_true, Tensor y_pred) => y_pred;
        }
    }

    public static class Cased
    {
        public sealed class DENSE : ConfigConstructorTests.Same;

        public sealed class TWIN : ConfigConstructorTests.Same;

        [Identifiers("Dense")]
        public sealed class Plain : ConfigConstructorTests.Same;

        [Identifiers]
        public sealed class ADAM() : Optimizer(0.1)
        {
            protected override void Update(Tensor gradient, Tensor weight, IReadOnlyList<Tensor> slots, double learning_rate) { }
        }
    }

    [Identifiers("CE")]
    public sealed class Crossing() : Loss(null)
    {
        protected internal override Tensor Forward(Tensor y_true, Tensor y_pred) => y_pred;
    }

    [Identifiers("acc")]
    public sealed class Accumulated() : Metric(null)
    {
        public override void UpdateState(Tensor y_true, Tensor y_pred, Tensor? sample_weight = null) { }

        public override Tensor Result() => zeros(1);
    }

    private static ClassTable Library()
    {
        var table = new ClassTable();
        table.AddLibrary(typeof(Layer).Assembly.GetTypes().Where(ClassTable.IsConfigurable));
        return table;
    }

    [Test]
    public void No_two_classes_of_the_engine_have_one_name()
    {
        ClassTable table = Library();
        Assert.That(table.Class("Dense", typeof(Layer)), Is.EqualTo(typeof(Dense)));
        Assert.That(table.Class("mse", typeof(Loss)), Is.Null, "an identifier is no class name");
        Assert.That(table.Identified("mse", typeof(Loss)), Is.EqualTo(typeof(Keras.Losses.MeanSquaredError)));
        Assert.That(table.Identified("mse", typeof(Metric)), Is.EqualTo(typeof(Keras.Metrics.MeanSquaredError)));
    }

    [Test]
    public void Two_classes_of_the_library_with_one_name_are_refused_and_none_is_added()
    {
        var table = new ClassTable();
        Assert.That(
            () => table.AddLibrary([typeof(First.Gap), typeof(First.Twin), typeof(Second.Twin)]),
            Throws
                .InvalidOperationException.With.Message.Contains("'Twin'")
                .And.Message.Contains(typeof(First.Twin).FullName)
                .And.Message.Contains(typeof(Second.Twin).FullName)
        );
        Assert.That(table.Class("Gap", typeof(Loss)), Is.Null);
        table.AddLibrary([typeof(First.Twin)]);
        Assert.That(() => table.AddLibrary([typeof(Second.Twin)]), Throws.InvalidOperationException, "of another assembly");
        Assert.That(() => table.AddLibrary([typeof(Cased.TWIN)]), Throws.InvalidOperationException.With.Message.Contains("'TWIN'"));
        Assert.That(
            () => table.AddLibrary([typeof(Second.OtherGap), typeof(Second.Gap)]),
            Throws.InvalidOperationException.With.Message.Contains("'shared'")
        );
        Assert.That(table.Class("Twin", typeof(Layer)), Is.EqualTo(typeof(First.Twin)));
    }

    [Test]
    public void A_library_that_comes_later_does_not_replace_a_class_of_the_user()
    {
        var table = new ClassTable();
        table.Add(typeof(First.Twin), replace: false);
        Assert.That(() => table.AddLibrary([typeof(Second.Twin)]), Throws.InvalidOperationException.With.Message.Contains("'Twin'"));
        Assert.That(table.Class("Twin", typeof(Layer)), Is.EqualTo(typeof(First.Twin)));
    }

    [TestCase(typeof(Cased.DENSE), "'DENSE'")]
    [TestCase(typeof(Cased.Plain), "'Dense'")]
    [TestCase(typeof(Cased.ADAM), "'ADAM'")]
    public void A_name_of_the_library_is_taken_in_any_case_also_where_it_is_to_be_replaced(Type type, string name)
    {
        ClassTable table = Library();
        foreach (bool replace in new[] { false, true })
        {
            Assert.That(
                () => table.Add(type, replace),
                Throws.ArgumentException.With.Message.Contains(name).And.Message.Contains("a class of the library")
            );
        }

        Assert.That(table.Class(type.Name, type), Is.Null);
        Assert.That(table.Class("Dense", typeof(Layer)), Is.EqualTo(typeof(Dense)));
        Assert.That(table.Identified("adam", typeof(Optimizer)), Is.EqualTo(typeof(Adam)));
    }

    [TestCase(typeof(Crossing), "'CE'")]
    [TestCase(typeof(Accumulated), "'acc'")]
    public void A_string_that_the_shapes_decide_is_nobodys(Type type, string name) =>
        Assert.That(
            () => Library().Add(type, replace: true),
            Throws.ArgumentException.With.Message.Contains(name).And.Message.Contains("shapes")
        );

    [Test]
    public void A_class_of_a_user_is_replaced_where_that_is_asked_for()
    {
        ClassTable table = Library();
        table.Add(typeof(First.Gap), replace: false);
        Assert.That(
            () => table.Add(typeof(Second.Gap), replace: false),
            Throws.ArgumentException.With.Message.Contains(typeof(First.Gap).FullName).And.Message.Contains("replace: true")
        );
        Assert.That(table.Identified("shared", typeof(Loss)), Is.Null, "nothing has changed");
        table.Add(typeof(Second.Gap), replace: true);
        Assert.That(table.Class("Gap", typeof(Loss)), Is.EqualTo(typeof(Second.Gap)));
        Assert.That(table.Identified("gap", typeof(Loss)), Is.Null, "the one before is forgotten under all its names");
        Assert.That(() => table.Add(typeof(Second.OtherGap), replace: false), Throws.ArgumentException.With.Message.Contains("'shared'"));
        Assert.That(table.Class("OtherGap", typeof(Loss)), Is.Null);
    }

    [Test]
    public void The_same_class_again_changes_nothing()
    {
        ClassTable table = Library();
        table.Add(typeof(First.Gap), replace: false);
        Assert.That(() => table.Add(typeof(First.Gap), replace: false), Throws.Nothing);
        Assert.That(() => table.Add(typeof(Dense), replace: false), Throws.Nothing);
        Assert.That(table.Class("Dense", typeof(Layer)), Is.EqualTo(typeof(Dense)));
    }
}
