package io.surveycoder.jobs;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.surveycoder.jobs.access.RequiredScope;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.modulith.core.ApplicationModules;
import org.springframework.web.bind.annotation.RestController;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The house as it was drawn (docs/adr/0003).
 */
@AnalyzeClasses(packages = "io.surveycoder.jobs", importOptions = DoNotIncludeTests.class)
@Execution(ExecutionMode.CONCURRENT)
class ArchitectureTests {

	@ArchTest
	static final ArchRule slicesOfJobKnowOnlyItsBasePackage = slices().matching("io.surveycoder.jobs.job.(*)..")
		.should()
		.notDependOnEachOther();

	@ArchTest
	static final ArchRule onlyTheFieldsTermsAreNames = noClasses().should()
		.haveNameMatching(".*(Impl|Util|Utils|Helper|Manager|Mapper|Dto)");

	@ArchTest
	static final ArchRule packagesAreNamedAfterWhatTheyAreFor = noClasses().should()
		.resideInAnyPackage("..common..", "..util..", "..service..", "..impl..", "..dto..");

	@ArchTest
	static final ArchRule nothingIsInjectedIntoFields = noFields().should().beAnnotatedWith(Autowired.class);

	@ArchTest
	static final ArchRule theTestBedStaysOutOfTheProduct = noClasses().that()
		.resideOutsideOfPackage("..local..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("io.zonky..", "..jobs.local..");

	// springdoc brings Jackson 2: an import compiles and configures nothing.
	@ArchTest
	static final ArchRule jacksonIsVersion3 = noClasses().should()
		.dependOnClassesThat()
		.resideInAnyPackage("com.fasterxml.jackson.databind..", "com.fasterxml.jackson.core..");

	@ArchTest
	static final ArchRule controllersBehindAKeySayWhichScope = classes().that()
		.areAnnotatedWith(RestController.class)
		.and()
		.resideOutsideOfPackage("..http..")
		.should()
		.beAnnotatedWith(RequiredScope.class);

	@ArchTest
	static final ArchRule everyPackageIsNullMarked = classes()
		.should(new ArchCondition<>("be in a @NullMarked package") {
			@Override
			public void check(JavaClass type, ConditionEvents events) {
				events.add(new SimpleConditionEvent(type, type.getPackage().isAnnotatedWith(NullMarked.class),
						type.getName()));
			}
		});

	@Test
	void modulesUseOnlyWhatTheyDeclare() {
		ApplicationModules modules = ApplicationModules.of(JobsApiApplication.class);
		assertThat(modules.stream()).hasSize(7);
		modules.verify();
	}

}
