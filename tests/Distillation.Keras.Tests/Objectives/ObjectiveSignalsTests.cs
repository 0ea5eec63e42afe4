using Distillation.Keras.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Objectives;

public sealed class ObjectiveSignalsTests
{
    [Test]
    public void A_copy_has_what_was_changed_and_the_rest_as_it_was()
    {
        using DisposeScope scope = NewDisposeScope();
        var signals = new ObjectiveSignals
        {
            StudentLogits = ones(2, 3),
            TeacherLogits = zeros(2, 3),
            Labels = zeros(2, int64),
            Training = true,
            IsNumeric = true,
        };

        ObjectiveSignals changed = signals with { TeacherLogits = signals.StudentLogits, Labels = null };

        using (Assert.EnterMultipleScope())
        {
            Assert.That(changed.StudentLogits, Is.SameAs(signals.StudentLogits));
            Assert.That(changed.TeacherLogits, Is.SameAs(signals.StudentLogits));
            Assert.That(() => changed.Labels, Throws.InvalidOperationException.With.Message.Contains("Declare ObjectiveNeeds.Labels"));
            Assert.That((changed.Training, changed.IsNumeric), Is.EqualTo((true, true)));
            Assert.That(signals.Labels.shape, Is.EqualTo(new long[] { 2 }), "the first one stays");
        }
    }

    [Test]
    public void The_teachers_side_has_no_gradient_also_in_a_copy()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor trained = ones(2, 3).requires_grad_();

        ObjectiveSignals signals = new ObjectiveSignals { StudentLogits = trained } with
        {
            TeacherLogits = trained,
            TeacherFeatures = [zeros(2, 1), trained],
        };

        Assert.That(signals.StudentLogits.requires_grad, Is.True);
        Assert.That(signals.TeacherLogits.requires_grad, Is.False);
        Assert.That(signals.TeacherFeatures.Select(f => f.requires_grad), Is.All.False);
    }

    [Test]
    public void Tensors_are_not_compared()
    {
        using DisposeScope scope = NewDisposeScope();
        var signals = new ObjectiveSignals { StudentLogits = ones(2, 3) };
        var other = new ObjectiveSignals { StudentLogits = ones(4) };

        // Tensor.Equals would ask libtorch, which refuses these shapes.
        Assert.That(signals == other, Is.False);
        Assert.That(signals == signals with { }, Is.False);
        Assert.That(signals.Equals((object)signals), Is.True);
        Assert.That(new HashSet<ObjectiveSignals> { signals, other, signals }, Has.Count.EqualTo(2));
    }

    [Test]
    public void Its_text_has_the_signals_that_there_are()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor gone = ones(1);
        gone.Dispose();

        Assert.That(
            new ObjectiveSignals
            {
                StudentLogits = ones(2, 3),
                Temperature = gone,
                StudentFeatures = [ones(2, 4), ones(2, 5)],
                Training = true,
            }.ToString(),
            Is.EqualTo("ObjectiveSignals { StudentLogits = (2, 3), Temperature = disposed, StudentFeatures = [(2, 4); (2, 5)], training }")
        );
        Assert.That(new ObjectiveSignals().ToString(), Is.EqualTo("ObjectiveSignals { evaluation }"));
    }
}
